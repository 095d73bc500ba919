//! The command line: every flag has a variable of the environment of the same meaning.

use std::{net::SocketAddr, path::PathBuf};

use bellwether_signal::Role;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Shows, live, what your machines are doing, and why.
#[derive(Debug, Parser)]
#[command(name = "bellwether", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Collect this host's signals, keep them, and show them in a browser
    #[command(after_help = SERVE_HELP)]
    Serve(ServeFlags),
}

const SERVE_HELP: &str = "\
The first line on standard output is the address, the second a link that signs a browser in. The \
link works once; every start prints a new one. Messages go to standard error.

Examples:
  bellwether serve
  bellwether serve --listen 127.0.0.1:9000 --data /var/lib/bellwether
  bellwether serve --anonymous viewer      on a trusted network, for everybody to look at

From another machine, without opening the server to the network:
  ssh -L 8420:127.0.0.1:8420 HOST          then open the printed link there";

#[derive(Debug, Args)]
pub(crate) struct ServeFlags {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:8420, or the next free port]
    #[arg(long, env = "BELLWETHER_LISTEN", value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,

    /// Folder for history, settings and tokens [default: bellwether in the data home (XDG)]
    #[arg(long, env = "BELLWETHER_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// What everybody may do who comes without a token
    #[arg(long, env = "BELLWETHER_ANONYMOUS", value_enum, default_value_t, value_name = "ROLE")]
    pub(crate) anonymous: Anonymous,

    /// Name of this host on the page [default: its host name]
    #[arg(long, env = "BELLWETHER_NAME", value_name = "HOST")]
    pub(crate) name: Option<String>,

    /// A further name under which the server may be reached (repeat for more)
    #[arg(long, env = "BELLWETHER_ALLOW_HOST", value_name = "NAME", value_delimiter = ',')]
    pub(crate) allow_host: Vec<String>,

    /// An origin whose pages may connect, such as <https://dashboard.example> (repeat for more)
    #[arg(long, env = "BELLWETHER_ALLOW_ORIGIN", value_name = "URL", value_delimiter = ',')]
    pub(crate) allow_origin: Vec<String>,

    /// Form of the messages on standard error
    #[arg(long, env = "BELLWETHER_LOG", value_enum, default_value_t, value_name = "FORM")]
    pub(crate) log: LogForm,

    /// Open the page in a browser
    #[arg(long)]
    pub(crate) open: bool,
}

/// The role of those who come without a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Anonymous {
    /// Nothing: a link or token is needed
    #[default]
    None,
    /// Look at everything but command lines
    Viewer,
    /// Look at everything and act
    Operator,
    /// Everything
    Admin,
}

impl Anonymous {
    pub(crate) fn role(self) -> Option<Role> {
        match self {
            Self::None => None,
            Self::Viewer => Some(Role::Viewer),
            Self::Operator => Some(Role::Operator),
            Self::Admin => Some(Role::Admin),
        }
    }
}

/// Form of the messages on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogForm {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
