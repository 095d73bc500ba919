//! Calls of room `models`: they may wait for the disk, so they get a thread that may.

use bellwether_models::{
    Workshop, catalog::CatalogError, dataset::DatasetError, registry::RegistryError,
};
use bellwether_signal::ports::KeepError;
use std::sync::Arc;

use crate::{
    gateway::Gateway,
    problem::{Kind, Problem},
    services::ServiceError,
};

impl Gateway {
    /// Asks the workshop something that may wait for the disk.
    pub(crate) async fn ask_models<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Workshop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let models = Arc::clone(&self.services.models);
        match tokio::task::spawn_blocking(move || call(&models)).await {
            Ok(answer) => answer,
            Err(error) => Err(Problem::internal(error.to_string())),
        }
    }
}

impl From<KeepError> for Problem {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::TooLarge(detail) => Self::new(Kind::TooLarge, detail),
            KeepError::Unavailable(cause) => ServiceError::Unavailable(cause).into(),
        }
    }
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        let text = error.to_string();
        match error {
            RegistryError::Name(_) | RegistryError::Wish(_) => Self::new(Kind::Unprocessable, text),
            RegistryError::Unknown(name) => {
                let detail = format!("There is no model {name:?}; GET /api/models lists them all.");
                Self::new(Kind::NotFound, detail)
            }
            RegistryError::Conflict(_) | RegistryError::Broken { .. } => {
                Self::new(Kind::Conflict, text)
            }
            RegistryError::Model(_) => Self::new(Kind::BadRequest, format!("The file: {text}.")),
            RegistryError::File(error) => {
                let full = error.kind() == std::io::ErrorKind::StorageFull;
                let kind = if full { Kind::NoRoom } else { Kind::Unavailable };
                Self::new(
                    kind,
                    format!("Nothing was registered: {text}. Make room, and try again."),
                )
            }
            RegistryError::Encode(_) => Self::internal(text),
            RegistryError::Keep(error) => error.into(),
        }
    }
}

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        let kind = match &error {
            CatalogError::Dataset(DatasetError::NoColumn(_)) => Kind::Unprocessable,
            CatalogError::NoDataset(_) | CatalogError::NoUpload(_) => Kind::NotFound,
            CatalogError::Name(_)
            | CatalogError::NotAHash
            | CatalogError::TooLong { .. }
            | CatalogError::Hash { .. }
            | CatalogError::Unusable(_)
            | CatalogError::Dataset(_) => Kind::BadRequest,
            CatalogError::TooLarge { .. } => Kind::TooLarge,
            CatalogError::TooManyUploads { .. } => Kind::TooMany,
            CatalogError::TooManyDatasets { .. }
            | CatalogError::Offset { .. }
            | CatalogError::Superseded
            | CatalogError::Finishing
            | CatalogError::Incomplete { .. }
            | CatalogError::InUse => Kind::Conflict,
            CatalogError::DiskFull => Kind::NoRoom,
            CatalogError::Stopping => Kind::Unavailable,
            CatalogError::File(cause) => {
                return ServiceError::Unavailable(cause.to_string()).into();
            }
            CatalogError::Keep(cause) => return cause.clone().into(),
        };
        Self::new(kind, format!("{error}."))
    }
}
