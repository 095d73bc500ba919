//! Where tokens are: at the running server, or in the folder when none runs. Both check a wish the
//! same way.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use bellwether_gateway::{
    Accounts as _, ActivityLog as _, LOCAL, check_token, token_made, token_revoked,
};
use bellwether_signal::answer::{
    SessionAnswer, TokenEntry, TokenMade, TokenUse, TokenWish, TokensAnswer,
};
use bellwether_store::{Store, StoreError};
use bellwether_sys::clock;
use hyper::Method;
use tokio::runtime::Runtime;

use crate::{
    control::Control,
    wiring::{LoggedActivity, StoredAccounts},
};

pub(super) enum Place {
    Server(Control),
    /// What is changed is also noted there: the next server shows it.
    Folder(StoredAccounts, LoggedActivity, Runtime),
}

impl Place {
    pub(super) fn find(folder: &Path) -> Result<Self> {
        if let Some(server) = Control::find(folder)? {
            return Ok(Self::Server(server));
        }
        // Nothing is made just to look: a folder that is not there is a mistake in its name.
        if !folder.is_dir() {
            bail!(
                "there is no data folder {}; name the server's with --data, or start the server \
                 once",
                folder.display()
            );
        }
        let store = match Store::open(folder) {
            Err(StoreError::InUse { folder, pid }) => {
                let process = pid.map(|pid| format!(" (process {pid})")).unwrap_or_default();
                bail!(
                    "a server{process} works on {} but does not answer at its control socket; its \
                     first messages say why, and stopping it lets this command work by itself",
                    folder.display()
                );
            }
            opened => opened?,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let activity = LoggedActivity::new(store.clone());
        Ok(Self::Folder(StoredAccounts(store), activity, runtime))
    }

    /// The running server's address.
    pub(super) fn address(&self) -> Result<Option<String>> {
        let Self::Server(server) = self else { return Ok(None) };
        let session = server.ask(Method::GET, "/api/session", None)?;
        let session: SessionAnswer = serde_json::from_value(session).context(OTHER_VERSION)?;
        Ok(session.address)
    }

    pub(super) fn list(&self) -> Result<Vec<TokenEntry>> {
        match self {
            Self::Server(server) => {
                let answer = server.ask(Method::GET, "/api/tokens", None)?;
                let answer: TokensAnswer = serde_json::from_value(answer).context(OTHER_VERSION)?;
                Ok(answer.tokens)
            }
            Self::Folder(accounts, _, runtime) => {
                Ok(runtime.block_on(async { accounts.tokens().await })?)
            }
        }
    }

    pub(super) fn create(&self, kind: TokenUse, wish: TokenWish) -> Result<TokenMade> {
        match self {
            Self::Server(server) => {
                let path = if kind == TokenUse::Link { "/api/tokens/link" } else { "/api/tokens" };
                let wish = serde_json::to_value(wish)?;
                let made = server.ask(Method::POST, path, Some(&wish))?;
                serde_json::from_value(made).context(OTHER_VERSION)
            }
            Self::Folder(accounts, activity, runtime) => {
                let new = check_token(kind, wish, clock::now().wall)
                    .map_err(|complaint| anyhow!(complaint))?;
                let happened = token_made(LOCAL, kind, &new.name, new.role);
                let made = runtime.block_on(async { accounts.create(new).await })?;
                activity.record(happened);
                Ok(made)
            }
        }
    }

    pub(super) fn revoke(&self, id: &str) -> Result<()> {
        match self {
            Self::Server(server) => {
                // What is in no id would change the path.
                if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                    bail!("{id:?} is no id; 'bellwether token list' shows them");
                }
                server.ask(Method::DELETE, &format!("/api/tokens/{id}"), None)?;
            }
            Self::Folder(accounts, activity, runtime) => {
                let tokens = runtime.block_on(async { accounts.tokens().await })?;
                if !runtime.block_on(async { accounts.revoke(id).await })? {
                    bail!(
                        "no token that is still good has the id {id:?}; 'bellwether token list' \
                         shows them all"
                    );
                }
                let token = tokens.iter().find(|token| token.id == id);
                let token = token.map(|token| (token.kind, &*token.name));
                activity.record(token_revoked(LOCAL, token));
            }
        }
        Ok(())
    }
}

const OTHER_VERSION: &str = "the server's answer is not understood: it has another version";
