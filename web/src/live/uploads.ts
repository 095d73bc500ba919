/** uploads: sends files in pieces; only pages that are opened later do. */
export { dropUpload, uploadFile } from '@bellwether/client/uploads'
