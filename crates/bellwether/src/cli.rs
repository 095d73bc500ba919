//! The command line, and with it the one list of settings: every flag of [`ServeFlags`] is also a
//! variable of the environment and a key of the configuration file, and a row of
//! docs/CONFIGURATION.md. A new setting is a field there and nothing else.

mod names;
mod sizes;

use std::{net::SocketAddr, path::PathBuf};

use bellwether_gateway::TlsFiles;
use bellwether_signal::{Role, feature::FeatureChoice};
use clap::{Args, Parser, Subcommand, ValueEnum, builder::FalseyValueParser};

use crate::{
    backup::{BackupFlags, RestoreFlags},
    modelling::{PredictFlags, ProfileFlags, TrainFlags},
    serve::keeping::length_ms,
    token::TokenFlags,
};

/// Shows, live, what your machines are doing, and why.
#[derive(Debug, Parser)]
#[command(name = "bellwether", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Configuration file [default: bellwether/config.toml in the configuration home (XDG)]
    #[arg(long, env = "BELLWETHER_CONFIG", value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

const HELP: &str = "\
Examples:
  bellwether serve                 watch this machine; open the link that it prints
  bellwether doctor                what works here, and what to do about the rest
  bellwether config                which settings are in force, and why

Exit codes:
  0    done
  1    it failed, or doctor found a problem
  2    a mistake on the command line or in the configuration file
  74   not even the error could be written
  130  ended at once by a second SIGINT; 143 by a second SIGTERM";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Collect this host's signals, keep them, and show them in a browser
    #[command(after_help = SERVE_HELP)]
    Serve(ServeFlags),
    /// Show which settings are in force, and where each comes from
    #[command(after_help = CONFIG_HELP)]
    Config(Box<ConfigFlags>),
    /// Make, list and revoke tokens, and links that sign a browser in
    Token(TokenFlags),
    /// Write a copy of everything that is kept, also while the server runs
    Backup(BackupFlags),
    /// Take such a copy back
    Restore(RestoreFlags),
    /// Say what is in a CSV file, and what could be predicted from it
    Profile(ProfileFlags),
    /// Learn from a CSV file, and write a model
    Train(TrainFlags),
    /// Predict the rows of a CSV file by a model
    Predict(PredictFlags),
    /// Say what works on this machine, what does not, and what to do
    #[command(after_help = DOCTOR_HELP)]
    Doctor(Box<DoctorFlags>),
    /// Print a script that completes commands and flags in a shell
    #[command(after_help = COMPLETIONS_HELP)]
    Completions(CompletionsFlags),
    /// Write the manual pages
    #[command(after_help = MAN_HELP)]
    Man(ManFlags),
}

impl Command {
    /// Whether it cannot do its work while the configuration file is wrong.
    pub(crate) fn needs_settings(&self) -> bool {
        match self {
            Self::Serve(_) | Self::Token(_) | Self::Backup(_) | Self::Restore(_) => true,
            Self::Config(flags) => !flags.example,
            // `doctor` tells what is wrong with it.
            Self::Doctor(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Profile(_)
            | Self::Train(_)
            | Self::Predict(_) => false,
        }
    }
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

const CONFIG_HELP: &str = "\
The first of these that says something counts: a flag, a variable of the environment, the \
configuration file, the default. The file's keys are the flags' names.

Examples:
  bellwether config                        what 'bellwether serve' would use, and why
  bellwether config --json                 the same for programs; secrets are hidden
  bellwether config --example > ~/.config/bellwether/config.toml";

#[derive(Debug, Args)]
pub(crate) struct ConfigFlags {
    /// Print JSON
    #[arg(long, conflicts_with = "example")]
    pub(crate) json: bool,

    /// Print a configuration file with every setting, commented out
    #[arg(long)]
    pub(crate) example: bool,

    #[command(flatten)]
    pub(crate) serve: ServeFlags,
}

const DOCTOR_HELP: &str = "\
Nothing is changed. Run it as the user that the server runs as, with the server's flags: it judges \
what that user may read, whether that address is free, and that data folder. The exit code is 1 \
when there is a problem.

Examples:
  bellwether doctor
  bellwether doctor --data /var/lib/bellwether --listen 0.0.0.0:8420
  bellwether doctor --json | jq '.findings[] | select(.result == \"problem\")'";

#[derive(Debug, Args)]
pub(crate) struct DoctorFlags {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) serve: ServeFlags,
}

const COMPLETIONS_HELP: &str = "\
Examples:
  bellwether completions bash > ~/.local/share/bash-completion/completions/bellwether
  bellwether completions zsh > \"${fpath[1]}/_bellwether\"
  bellwether completions fish > ~/.config/fish/completions/bellwether.fish";

#[derive(Debug, Args)]
pub(crate) struct CompletionsFlags {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

const MAN_HELP: &str = "\
Examples:
  bellwether man | man -l -                    read the first page
  bellwether man ~/.local/share/man/man1       one page for each command";

#[derive(Debug, Args)]
pub(crate) struct ManFlags {
    /// Folder for one page a command; without it, the page of the program goes to standard output
    pub(crate) folder: Option<PathBuf>,
}

/// The list of settings. A secret one says `hide_env_values = true`, and is never shown.
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
    #[arg(long, env = "BELLWETHER_ALLOW_HOST", value_name = "NAME", value_delimiter = ',', value_parser = names::host)]
    pub(crate) allow_host: Vec<String>,

    /// An origin whose pages may connect, such as <https://dashboard.example> (repeat for more)
    #[arg(long, env = "BELLWETHER_ALLOW_ORIGIN", value_name = "URL", value_delimiter = ',', value_parser = names::origin)]
    pub(crate) allow_origin: Vec<String>,

    /// Sockets open at the same time, fewer where few descriptors are allowed; one more gets 503
    #[arg(long, env = "BELLWETHER_MAX_SOCKETS", value_name = "N", default_value = "10000", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_sockets: u64,

    /// Sockets and streams from one address; one more gets 429. Loopback is not counted
    #[arg(long, env = "BELLWETHER_MAX_PER_ADDRESS", value_name = "N", default_value = "1000", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_per_address: u64,

    /// Sockets and streams with one token or sign-in; one more gets 429. Loopback is not counted
    #[arg(long, env = "BELLWETHER_MAX_PER_TOKEN", value_name = "N", default_value = "1000", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_per_token: u64,

    /// Certificate (PEM, with its chain) to speak TLS with; read again when it changes
    #[arg(long, env = "BELLWETHER_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// Private key (PEM) of the certificate
    #[arg(long, env = "BELLWETHER_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,

    /// Send messages to sockets as they are: less processor time, more than twice the bytes
    #[arg(long, env = "BELLWETHER_NO_COMPRESSION", value_parser = FalseyValueParser::new())]
    pub(crate) no_compression: bool,

    /// How long every sample is kept, such as 12h or 7d
    #[arg(long, env = "BELLWETHER_KEEP_RAW", value_name = "TIME", default_value = "7d", value_parser = length_ms)]
    pub(crate) keep_raw: i64,

    /// How long one row a minute is kept: lowest, mean and highest
    #[arg(long, env = "BELLWETHER_KEEP_MINUTES", value_name = "TIME", default_value = "90d", value_parser = length_ms)]
    pub(crate) keep_minutes: i64,

    /// How long one row an hour is kept
    #[arg(long, env = "BELLWETHER_KEEP_HOURS", value_name = "TIME", default_value = "5y", value_parser = length_ms)]
    pub(crate) keep_hours: i64,

    /// Largest file that may be uploaded, such as 50MB or 4GB
    #[arg(long, env = "BELLWETHER_MAX_UPLOAD", value_name = "SIZE", default_value = "50MB", value_parser = sizes::bytes)]
    pub(crate) max_upload: u64,
    /// How long predictions are kept, at most 1,000,000 of each version of a model
    #[arg(long, env = "BELLWETHER_KEEP_PREDICTIONS", value_name = "TIME", default_value = "30d", value_parser = length_ms)]
    pub(crate) keep_predictions: i64,

    /// A part to do without, or to give to a share of models only (repeat for more)
    #[arg(
        long,
        env = "BELLWETHER_FEATURE",
        value_name = "NAME=on|off|SHARE%",
        value_delimiter = ','
    )]
    pub(crate) feature: Vec<FeatureChoice>,

    /// Form of the messages on standard error
    #[arg(long, env = "BELLWETHER_LOG", value_enum, default_value_t, value_name = "FORM")]
    pub(crate) log: LogForm,

    /// Least level of a message that is said
    #[arg(long, env = "BELLWETHER_LOG_LEVEL", value_enum, default_value_t, value_name = "LEVEL")]
    pub(crate) log_level: LogLevel,

    /// Open the page in a browser
    #[arg(long, env = "BELLWETHER_OPEN", value_parser = FalseyValueParser::new())]
    pub(crate) open: bool,
}

impl ServeFlags {
    /// Certificate and key, which make sense together only.
    pub(crate) fn tls(&self) -> anyhow::Result<Option<TlsFiles>> {
        match (&self.tls_cert, &self.tls_key) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => {
                Ok(Some(TlsFiles { certificate: certificate.clone(), key: key.clone() }))
            }
            (Some(_), None) => {
                anyhow::bail!("--tls-cert needs its private key too: --tls-key FILE")
            }
            (None, Some(_)) => {
                anyhow::bail!("--tls-key needs its certificate too: --tls-cert FILE")
            }
        }
    }
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

/// Least level of the messages on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    /// What failed and needs a person
    Error,
    /// What failed and is tried again or went on without
    Warn,
    /// What happened
    #[default]
    Info,
    /// What single clients did
    Debug,
    /// Everything, for finding mistakes in the program
    Trace,
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
