//! Who may call what: one table. What has no row here is answered to nobody.

use bellwether_signal::Role;
use http::Method;

use super::Identity;
use crate::problem::{Kind, Problem};

/// Whom a route answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Anybody; what it says depends on who asks.
    Everybody,
    /// Who may see signals and history: viewers, operators, admins.
    Readers,
    /// Who may publish signals of their own: publishers, operators, admins.
    Publishers,
    /// Who has something to do on a socket: readers and publishers.
    Talkers,
    /// Who may upload, train, deploy, acknowledge and silence: operators, admins.
    Operators,
    /// Who may manage tokens, delete, and disconnect clients.
    Admins,
}

/// One route.
struct Row(&'static str, Method, Who);

/// Addresses as in `routes::router`. HEAD goes with GET. The files of the page are for everybody.
const RIGHTS: &[Row] = &[
    Row("/ws", Method::GET, Who::Talkers),
    Row("/api/v1/ws/{kind}", Method::GET, Who::Readers),
    Row("/api/analytics/api/v1/ws/{kind}", Method::GET, Who::Readers),
    Row("/api/analytics/ws", Method::GET, Who::Readers),
    Row("/socket.io/", Method::GET, Who::Readers),
    Row("/socket.io/", Method::POST, Who::Readers),
    Row("/sign-in", Method::GET, Who::Everybody),
    Row("/api/sign-out", Method::POST, Who::Everybody),
    Row("/api/session", Method::GET, Who::Readers),
    Row("/api/topics", Method::GET, Who::Readers),
    Row("/api/stream", Method::GET, Who::Readers),
    Row("/api/events", Method::GET, Who::Readers),
    Row("/api/series", Method::GET, Who::Readers),
    Row("/api/series/names", Method::GET, Who::Readers),
    Row("/api/durables", Method::GET, Who::Readers),
    Row("/api/durables/{name}", Method::DELETE, Who::Readers),
    Row("/api/train", Method::POST, Who::Operators),
    Row("/api/runs", Method::GET, Who::Readers),
    Row("/api/runs/{run}", Method::GET, Who::Readers),
    Row("/api/runs/{run}/cancel", Method::POST, Who::Operators),
    Row("/api/runs/{run}/retry", Method::POST, Who::Operators),
    Row("/api/training/{job}", Method::GET, Who::Readers),
    Row("/api/pipelines", Method::GET, Who::Readers),
    Row("/api/pipelines", Method::POST, Who::Operators),
    Row("/api/pipelines/{id}", Method::GET, Who::Readers),
    Row("/api/pipelines/{id}", Method::PUT, Who::Operators),
    Row("/api/pipelines/{id}", Method::DELETE, Who::Operators),
    Row("/api/pipelines/{id}/run", Method::POST, Who::Operators),
    Row("/api/pipelines/{id}/status", Method::GET, Who::Readers),
    Row("/api/processing-jobs", Method::GET, Who::Readers),
    Row("/api/processing-jobs/{id}", Method::GET, Who::Readers),
    Row("/api/publish/{*topic}", Method::POST, Who::Publishers),
    Row("/api/models", Method::GET, Who::Readers),
    Row("/api/models/import", Method::POST, Who::Operators),
    Row("/api/models/compare", Method::GET, Who::Readers),
    Row("/api/models/{id}", Method::GET, Who::Readers),
    Row("/api/models/{id}", Method::DELETE, Who::Admins),
    Row("/api/models/{id}/card", Method::GET, Who::Readers),
    Row("/api/models/{id}/deploy", Method::POST, Who::Operators),
    Row("/api/models/{id}/rollback", Method::POST, Who::Operators),
    Row("/api/models/{id}/aliases/{alias}", Method::PUT, Who::Operators),
    Row("/api/models/{id}/aliases/{alias}", Method::DELETE, Who::Operators),
    Row("/api/models/{id}/routing", Method::PUT, Who::Operators),
    Row("/api/models/{id}/settings", Method::PATCH, Who::Operators),
    Row("/api/models/{id}/history", Method::GET, Who::Readers),
    Row("/api/models/{id}/export", Method::GET, Who::Readers),
    Row("/api/models/{id}/predict", Method::POST, Who::Publishers),
    Row("/api/models/{id}/predictions", Method::GET, Who::Readers),
    Row("/api/models/{id}/schema", Method::GET, Who::Readers),
    Row("/api/models/{id}/shadow", Method::GET, Who::Readers),
    Row("/api/predictions/{id}", Method::GET, Who::Readers),
    Row("/api/predictions/{id}/feedback", Method::POST, Who::Publishers),
    Row("/api/models/{id}/feedback", Method::POST, Who::Publishers),
    Row("/api/models/{id}/quality", Method::GET, Who::Readers),
    Row("/api/models/{id}/drift", Method::GET, Who::Readers),
    Row("/api/models/{id}/metrics/realtime", Method::GET, Who::Readers),
    Row("/api/models/active/status", Method::GET, Who::Readers),
    Row("/api/why", Method::GET, Who::Readers),
    Row("/api/openapi.json", Method::GET, Who::Readers),
    Row("/api/asyncapi.json", Method::GET, Who::Readers),
    Row("/api/settings", Method::GET, Who::Readers),
    Row("/api/settings", Method::PATCH, Who::Readers),
    Row("/api/tokens", Method::GET, Who::Admins),
    Row("/api/tokens", Method::POST, Who::Admins),
    Row("/api/tokens/link", Method::POST, Who::Admins),
    Row("/api/tokens/{id}", Method::DELETE, Who::Admins),
    Row("/api/backups", Method::POST, Who::Admins),
    Row("/api/upload", Method::POST, Who::Operators),
    Row("/api/datasets", Method::GET, Who::Readers),
    Row("/api/datasets", Method::POST, Who::Operators),
    Row("/api/datasets/{id}", Method::GET, Who::Readers),
    Row("/api/datasets/uploads", Method::POST, Who::Operators),
    Row("/api/datasets/uploads/{id}", Method::GET, Who::Operators),
    Row("/api/datasets/uploads/{id}", Method::PATCH, Who::Operators),
    Row("/api/datasets/uploads/{id}", Method::DELETE, Who::Operators),
    Row("/api/datasets/uploads/{id}/finish", Method::POST, Who::Operators),
    Row("/api/datasets/{id}", Method::DELETE, Who::Admins),
    Row("/api/datasets/{id}/preview", Method::GET, Who::Readers),
    Row("/api/datasets/{id}/statistics", Method::GET, Who::Readers),
    Row("/api/datasets/{id}/export", Method::GET, Who::Readers),
    Row("/api/datasets/{id}/validate", Method::POST, Who::Operators),
    Row("/api/datasets/{id}/process", Method::POST, Who::Operators),
    Row("/api/clients", Method::GET, Who::Admins),
    Row("/api/clients/{id}", Method::DELETE, Who::Admins),
    Row("/api/alerts", Method::GET, Who::Readers),
    Row("/api/alerts/{id}", Method::GET, Who::Readers),
    Row("/api/alerts/acknowledge", Method::POST, Who::Operators),
    Row("/api/alerts/{id}/acknowledge", Method::POST, Who::Operators),
    Row("/api/alerts/{id}/silence", Method::POST, Who::Operators),
    Row("/api/alerts/{id}/resolve", Method::POST, Who::Operators),
    Row("/api/rules", Method::GET, Who::Readers),
    Row("/api/rules/{name}/test", Method::POST, Who::Readers),
    Row("/api/rules/{name}", Method::PUT, Who::Admins),
    Row("/api/rules/{name}", Method::DELETE, Who::Admins),
    Row("/api/monitoring/system", Method::GET, Who::Readers),
    Row("/api/monitoring/services", Method::GET, Who::Readers),
    Row("/api/monitoring/metrics", Method::GET, Who::Readers),
    Row("/api/monitoring/alerts", Method::GET, Who::Readers),
    Row("/api/components/health", Method::GET, Who::Readers),
    Row("/api/components/{name}/health", Method::GET, Who::Readers),
    Row("/api/components/{name}/metrics", Method::GET, Who::Readers),
    Row("/api/monitoring/alerts/acknowledge", Method::POST, Who::Operators),
    Row("/api/status", Method::GET, Who::Readers),
    Row("/api/health", Method::GET, Who::Readers),
    Row("/api/system/overview", Method::GET, Who::Readers),
    Row("/api/system/summary", Method::GET, Who::Readers),
    Row("/api/system/metrics", Method::GET, Who::Readers),
    Row("/api/system/processes", Method::GET, Who::Readers),
    Row("/api/system/cpu", Method::GET, Who::Readers),
    Row("/api/system/memory", Method::GET, Who::Readers),
    Row("/api/system/disk", Method::GET, Who::Readers),
    Row("/api/system/network", Method::GET, Who::Readers),
    Row("/health", Method::GET, Who::Everybody),
    Row("/healthz", Method::GET, Who::Everybody),
    Row("/readyz", Method::GET, Who::Everybody),
    Row("/metrics", Method::GET, Who::Readers),
];

/// The table, for the documents that are written from it.
#[cfg(test)]
pub(crate) fn rights() -> impl Iterator<Item = (&'static str, &'static Method, Who)> {
    RIGHTS.iter().map(|Row(path, method, who)| (*path, method, *who))
}

/// What the table says of an address and a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    For(Who),
    /// The address is there, and does not take the method.
    NotThatMethod,
    /// Somebody added a route and no row.
    NoRow,
}

/// Looks an address up, as the router matched it.
pub(crate) fn right(path: &str, method: &Method) -> Right {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let mut missing = Right::NoRow;
    for Row(row, takes, who) in RIGHTS {
        if *row == path {
            if takes == method {
                return Right::For(*who);
            }
            missing = Right::NotThatMethod;
        }
    }
    missing
}

impl Who {
    /// Whether it answers this visitor; the problem says what to do.
    pub(crate) fn check(self, visitor: Option<&Identity>) -> Result<(), Problem> {
        let allows: fn(Role) -> bool = match self {
            Self::Everybody => return Ok(()),
            Self::Readers => Role::reads,
            Self::Publishers => Role::publishes,
            Self::Talkers => |role| role.reads() || role.publishes(),
            Self::Operators => Role::operates,
            Self::Admins => Role::administers,
        };
        let Some(identity) = visitor else {
            return Err(Problem::new(
                Kind::NotSignedIn,
                "Open the link that the server printed at its start, or one that 'bellwether token \
                 link' prints, or send a token as 'Authorization: Bearer …'.",
            ));
        };
        if allows(identity.role) {
            return Ok(());
        }
        let role = identity.role.name();
        let detail = match self {
            Self::Everybody | Self::Readers => format!("The role {role} may not read."),
            Self::Publishers => {
                format!("The role {role} may not publish; publishers, operators and admins may.")
            }
            Self::Talkers => format!("The role {role} may neither read nor publish."),
            Self::Operators => {
                format!("This is for the roles operator and admin; yours is {role}.")
            }
            Self::Admins => format!("This is for the role admin; yours is {role}."),
        };
        Err(Problem::new(Kind::Forbidden, detail))
    }
}
