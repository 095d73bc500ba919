/** uploads: sends files in pieces; only pages that are opened later do. */
export { dropUpload, uploadFile, type UploadOptions } from '@bellwether/client/uploads'
