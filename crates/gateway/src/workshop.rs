//! Calls of room `models`: they may wait for the disk, so they get a thread that may.

use bellwether_models::Workshop;
use bellwether_signal::ports::KeepError;
use std::sync::Arc;

use crate::{
    gateway::Gateway,
    problem::{Kind, Problem},
    services::ServiceError,
};

impl Gateway {
    /// Asks the workshop something that may wait for the disk.
    #[allow(dead_code, reason = "the parts that are being built use it")]
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
