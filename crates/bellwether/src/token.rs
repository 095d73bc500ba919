//! `bellwether token`: who may come in. Asks the running server, or works on the store itself when
//! none runs.

mod lifetime;
mod list;
mod place;

use std::{io::Write as _, path::PathBuf};

use anyhow::{Context as _, Result};
use bellwether_signal::{
    Role,
    answer::{TokenMade, TokenUse, TokenWish},
};
use bellwether_sys::clock;
use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use place::Place;
use serde_json::json;

use crate::data_folder;

const HELP: &str = "\
A token is shown once, when it is made; only a fingerprint of it is kept. Programs send it as \
'Authorization: Bearer TOKEN'. A link signs a browser in, once, for 30 days.

A running server is asked through its data folder, so that what is revoked is out at once; without \
one the folder is changed itself.

Examples:
  bellwether token create --role viewer --name dashboard --expires 30d
  bellwether token create --role agent --name web-1      what web-1 sends its signals with
  TOKEN=$(bellwether token create --role publisher)      nothing else is on standard output
  bellwether token link                                  the address to open in a browser
  bellwether token list
  bellwether token revoke 0197b1f0-5a7c-7cc3-98c4-dc0c0c07398f";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct TokenFlags {
    #[command(subcommand)]
    action: Action,

    /// Folder of the server's data [default: bellwether in the data home (XDG)]
    #[arg(long, env = "BELLWETHER_DATA", value_name = "DIR", global = true)]
    data: Option<PathBuf>,

    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a token and print it, this once
    Create {
        /// What it may do
        #[arg(long, value_parser = roles(), value_name = "ROLE")]
        role: Role,
        /// Whose it is [default: the role's name]; an agent's: the host it speaks for
        #[arg(long)]
        name: Option<String>,
        /// How long it is good, such as 90m, 12h, 30d [default: for ever]
        #[arg(long, value_parser = lifetime::seconds, value_name = "TIME")]
        expires: Option<u64>,
    },
    /// Make a link that signs a browser in once, and print its address
    Link {
        /// What the browser may do
        #[arg(long, value_parser = roles(), value_name = "ROLE", default_value = "admin")]
        role: Role,
        /// Who signs in with it [default: the role's name]
        #[arg(long)]
        name: Option<String>,
        /// How long it may wait to be opened, such as 90m [default: a day]
        #[arg(long, value_parser = lifetime::seconds, value_name = "TIME")]
        expires: Option<u64>,
    },
    /// Show all tokens, sessions of browsers and links that wait
    List,
    /// End a token, a session or a link, at once
    Revoke {
        /// Its id, as the list shows it
        id: String,
    },
}

fn roles() -> impl TypedValueParser<Value = Role> {
    let names = PossibleValuesParser::new(Role::ALL.map(Role::name));
    names.map(|name| Role::from_name(&name).expect("only names of roles pass"))
}

pub(crate) fn run(flags: TokenFlags) -> Result<()> {
    let folder = data_folder::choose(flags.data)?;
    let place = Place::find(&folder)?;
    match flags.action {
        Action::Create { role, name, expires } => {
            let wish = TokenWish { name, role, expires_in_seconds: expires };
            let made = place.create(TokenUse::Api, wish)?;
            if flags.json {
                return print(&serde_json::to_string(&made)?);
            }
            print(&made.secret)?;
            tell(&format!("This token is not shown again. Its id is {}{}.", made.id, ends(&made)))
        }
        Action::Link { role, name, expires } => {
            let wish = TokenWish { name, role, expires_in_seconds: expires };
            let made = place.create(TokenUse::Link, wish)?;
            let path = made.path.as_deref().context("the server made a link without a path")?;
            let server = place.address()?;
            let address = format!("{}{path}", server.as_deref().unwrap_or_default());
            if flags.json {
                let mut answer = serde_json::to_value(&made)?;
                answer["address"] = server.as_ref().map(|_| address).into();
                return print(&answer.to_string());
            }
            print(&address)?;
            if server.is_none() {
                tell(
                    "No server runs on this data folder: start one ('bellwether serve') and put \
                     its address in front.",
                )?;
            }
            tell(&format!("It works once{}.", ends(&made)))
        }
        Action::List => {
            let tokens = place.list()?;
            if flags.json {
                return print(&serde_json::to_string(&tokens)?);
            }
            print(&list::table(&tokens, clock::now().wall))
        }
        Action::Revoke { id } => {
            place.revoke(&id)?;
            if flags.json {
                return print(&json!({ "revoked": id }).to_string());
            }
            tell(&format!("{id} is revoked."))
        }
    }
}

fn ends(made: &TokenMade) -> String {
    made.expires_at.map_or_else(
        || "; it does not end by itself".to_owned(),
        |at| format!("; it ends {}", lifetime::from_now(at, clock::now().wall)),
    )
}

fn print(line: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{line}").context("cannot write to standard output")
}

/// For people: not on standard output, which is for programs.
fn tell(line: &str) -> Result<()> {
    writeln!(std::io::stderr(), "{line}").context("cannot write to standard error")
}
