//! Who may do what.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Topic, system::CLIENTS};

/// The right that a token carries. Not a ladder: a publisher may write and hardly read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads everything but command lines.
    Viewer,
    /// Sends readings, predictions' inputs and labels, publishes to `app/**`; nothing else.
    Publisher,
    /// Sends the signals of one host.
    Agent,
    /// A viewer who also sees (sanitised) command lines, trains, deploys, acknowledges.
    Operator,
    /// An operator who also manages tokens, settings, deletion and clients.
    Admin,
}

impl Role {
    /// All roles, as the command line offers them.
    pub const ALL: [Self; 5] =
        [Self::Viewer, Self::Publisher, Self::Agent, Self::Operator, Self::Admin];

    /// The word for it, on the wire and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Publisher => "publisher",
            Self::Agent => "agent",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether it may see signals and history at all.
    pub fn reads(self) -> bool {
        matches!(self, Self::Viewer | Self::Operator | Self::Admin)
    }

    /// Whether it may see (sanitised) command lines of processes.
    pub fn reads_command_lines(self) -> bool {
        matches!(self, Self::Operator | Self::Admin)
    }

    /// Whether it may see what is published there.
    pub fn may_read(self, topic: &Topic) -> bool {
        let of_commands =
            topic.as_str().starts_with("host/") && topic.as_str().ends_with("/commands");
        if of_commands {
            self.reads_command_lines()
        } else if topic.as_str() == CLIENTS {
            self.administers()
        } else {
            self.reads()
        }
    }

    /// Whether it may manage tokens, delete, and disconnect clients.
    pub fn administers(self) -> bool {
        matches!(self, Self::Admin)
    }

    /// Whether it may upload, train, deploy, acknowledge and silence.
    pub fn operates(self) -> bool {
        matches!(self, Self::Operator | Self::Admin)
    }

    /// Whether it may publish to `app/**`, ask models for predictions and send labels.
    pub fn publishes(self) -> bool {
        matches!(self, Self::Publisher | Self::Operator | Self::Admin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_connected_is_for_admins() {
        let clients = Topic::parse(CLIENTS).unwrap();
        for role in Role::ALL {
            assert_eq!(role.may_read(&clients), role == Role::Admin, "{role:?}");
        }
    }

    #[test]
    fn command_lines_are_for_operators() {
        let commands = Topic::parse("host/web-1/commands").unwrap();
        let cpu = Topic::parse("host/web-1/cpu").unwrap();
        let check = |role: Role, reads_cpu: bool, reads_commands: bool| {
            assert_eq!(role.may_read(&cpu), reads_cpu, "{role:?}");
            assert_eq!(role.may_read(&commands), reads_commands, "{role:?}");
        };
        check(Role::Viewer, true, false);
        check(Role::Publisher, false, false);
        check(Role::Agent, false, false);
        check(Role::Operator, true, true);
        check(Role::Admin, true, true);
    }
}
