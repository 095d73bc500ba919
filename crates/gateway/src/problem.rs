//! Errors of the HTTP interface: problem+json (RFC 9457) from one table of kinds.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use bellwether_signal::answer;
use http::{HeaderValue, StatusCode, header};

use crate::{
    routes::{self, Cause},
    services::ServiceError,
};

/// Kinds of problems: a stable word for programs, a title for people, a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    BadRequest,
    NotSignedIn,
    Forbidden,
    WrongHost,
    WrongOrigin,
    NotFound,
    SwitchedOff,
    MethodNotAllowed,
    Conflict,
    TooLarge,
    NoRoom,
    Unprocessable,
    TooMany,
    TooManyConnections,
    UpgradeRequired,
    Internal,
    Unavailable,
    Timeout,
}

impl Kind {
    fn row(self) -> (&'static str, &'static str, StatusCode) {
        match self {
            Self::BadRequest => ("bad-request", "Bad request", StatusCode::BAD_REQUEST),
            Self::NotSignedIn => ("not-signed-in", "Not signed in", StatusCode::UNAUTHORIZED),
            Self::Forbidden => ("forbidden", "Not allowed", StatusCode::FORBIDDEN),
            Self::WrongHost => ("wrong-host", "Wrong host name", StatusCode::MISDIRECTED_REQUEST),
            Self::WrongOrigin => ("wrong-origin", "Wrong origin", StatusCode::FORBIDDEN),
            Self::NotFound => ("not-found", "Not found", StatusCode::NOT_FOUND),
            Self::SwitchedOff => ("switched-off", "Switched off", StatusCode::NOT_FOUND),
            Self::MethodNotAllowed => {
                ("method-not-allowed", "Method not allowed", StatusCode::METHOD_NOT_ALLOWED)
            }
            Self::Conflict => ("conflict", "Not as it is", StatusCode::CONFLICT),
            Self::TooLarge => ("too-large", "Too large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::NoRoom => ("no-room", "No room", StatusCode::INSUFFICIENT_STORAGE),
            Self::Unprocessable => {
                ("unprocessable", "Not understood", StatusCode::UNPROCESSABLE_ENTITY)
            }
            Self::TooMany => ("too-many", "Too many tries", StatusCode::TOO_MANY_REQUESTS),
            Self::TooManyConnections => {
                ("too-many-connections", "Too many connections", StatusCode::TOO_MANY_REQUESTS)
            }
            Self::UpgradeRequired => {
                ("upgrade-required", "WebSocket only", StatusCode::UPGRADE_REQUIRED)
            }
            Self::Internal => ("internal", "Internal error", StatusCode::INTERNAL_SERVER_ERROR),
            Self::Unavailable => {
                ("unavailable", "Not available now", StatusCode::SERVICE_UNAVAILABLE)
            }
            Self::Timeout => ("timeout", "Took too long", StatusCode::GATEWAY_TIMEOUT),
        }
    }
}

/// An answer that says what is wrong and what to change. It never carries internals: those are in
/// the log, under the request's id.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    detail: String,
    /// What only the log is told.
    cause: Option<Cause>,
    retry_after_seconds: Option<u64>,
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), cause: None, retry_after_seconds: None }
    }

    /// A mistake of ours: the log gets the cause, the client only learns that there is one.
    pub(crate) fn internal(cause: impl Into<String>) -> Self {
        let detail = "This is the server's mistake; its log says more.";
        Self { cause: Some(Cause(cause.into())), ..Self::new(Kind::Internal, detail) }
    }
}

impl Problem {
    /// The same, to be tried again after so many seconds.
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(Kind::MethodNotAllowed, "This address does not take that method.")
    }
}

impl Kind {
    /// The kind for a status that the framework chose.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Self::Unprocessable
            }
            status if status.is_server_error() => Self::Internal,
            _ => Self::BadRequest,
        }
    }
}

impl From<ServiceError> for Problem {
    fn from(failure: ServiceError) -> Self {
        match failure {
            ServiceError::TooLarge(detail) => Self::new(Kind::TooLarge, detail),
            ServiceError::Unavailable(cause) => {
                let detail = "This part is out at the moment; see /health. Try again.";
                Self { cause: Some(Cause(cause)), ..Self::new(Kind::Unavailable, detail) }
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (word, title, status) = self.kind.row();
        let body = answer::Problem {
            kind: format!("about:blank#{word}"),
            title: title.to_owned(),
            status: status.as_u16(),
            message: self.detail.clone(),
            detail: self.detail,
            request_id: routes::current_request(),
        };
        let mut response = (status, Json(body)).into_response();
        let media = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, media);
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(cause);
        }
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if self.kind == Kind::NotSignedIn {
            let scheme = HeaderValue::from_static("Bearer realm=\"bellwether\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        if self.kind == Kind::UpgradeRequired {
            // RFC 9110, section 15.5.22, and RFC 6455, section 4.4.
            let headers = response.headers_mut();
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        response
    }
}
