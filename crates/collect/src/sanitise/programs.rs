//! Programs whose short options or positions carry secrets: `-p` is a port for most and a password
//! for some.

use super::Next;

/// A program that is told secrets on its command line.
#[derive(Debug)]
pub(super) struct Program {
    /// File names; one that ends with `*` is a beginning.
    names: &'static [&'static str],
    /// Options with a secret, attached or as the next word.
    secret: &'static [&'static str],
    /// Options with a secret that must be attached; alone, they ask for it.
    attached: &'static [&'static str],
    /// Options with `user:password`.
    pair: &'static [&'static str],
    /// Whether all of this is so only after `login`.
    after_login: bool,
    /// So many words by position are harmless, those behind them secret.
    pub(super) positionals: Option<usize>,
    /// Whether a word may be `user/password@database`.
    pub(super) slash_pair: bool,
}

/// What an option means to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Short {
    /// Nothing secret.
    No,
    /// The option; behind it the secret.
    Attached(&'static str),
    /// The next word.
    Separate(Next),
    /// User and password, from this byte on.
    Pair(usize),
}

const NONE: Program = Program {
    names: &[],
    secret: &[],
    attached: &[],
    pair: &[],
    after_login: false,
    positionals: None,
    slash_pair: false,
};

const PROGRAMS: &[Program] = &[
    Program {
        names: &["mysql*", "mariadb*", "mariabackup", "xtrabackup", "innobackupex"],
        attached: &["-p"],
        ..NONE
    },
    Program { names: &["mydumper", "myloader", "pt-*"], secret: &["-p"], ..NONE },
    Program { names: &["sshpass", "mongo*", "bsondump", "rdesktop"], secret: &["-p"], ..NONE },
    Program { names: &["xfreerdp*", "wlfreerdp*", "sdl-freerdp*"], attached: &["/p:"], ..NONE },
    Program { names: &["redis-cli", "valkey-cli", "keydb-cli"], secret: &["-a"], ..NONE },
    Program {
        names: &["curl", "curl7*"],
        secret: &["-b"],
        pair: &["-u", "-U", "-E", "--user", "--proxy-user", "--cert", "--proxy-cert"],
        ..NONE
    },
    Program { names: &["http", "https", "xh", "xhs"], pair: &["-a"], ..NONE },
    Program { names: &["lftp", "ncftp*"], secret: &["-p"], pair: &["-u"], ..NONE },
    Program {
        names: &["smbclient", "smbget", "smbmap", "rpcclient", "smbcacls", "net", "winexe"],
        secret: &["-p"],
        pair: &["-U"],
        ..NONE
    },
    Program { names: &["ldap*", "slappasswd"], secret: &["-w", "-s"], ..NONE },
    Program {
        names: &["docker", "podman", "nerdctl", "buildah", "skopeo", "helm", "oras", "crane"],
        secret: &["-p"],
        after_login: true,
        ..NONE
    },
    Program {
        names: &["az", "oc", "cf", "ibmcloud", "heroku"],
        secret: &["-p"],
        after_login: true,
        ..NONE
    },
    Program {
        names: &["7z", "7za", "7zr", "7zz", "rar", "unrar"],
        attached: &["-p", "-hp"],
        ..NONE
    },
    Program { names: &["zip", "unzip", "zipcloak"], secret: &["-P"], ..NONE },
    Program {
        names: &["sqlcmd", "bcp", "osql", "isql", "tsql", "ipmitool", "mosquitto_*"],
        secret: &["-P"],
        ..NONE
    },
    Program { names: &["plink", "pscp", "psftp", "putty"], secret: &["-pw"], ..NONE },
    Program { names: &["snmp*"], secret: &["-c", "-A", "-X"], ..NONE },
    Program { names: &["openssl"], secret: &["-k", "-K"], ..NONE },
    Program { names: &["ssh-keygen"], secret: &["-N", "-P"], ..NONE },
    Program { names: &["useradd", "usermod", "adduser"], secret: &["-p"], ..NONE },
    Program { names: &["rabbitmqctl"], positionals: Some(2), ..NONE },
    Program { names: &["htpasswd", "mkpasswd", "wpa_passphrase"], positionals: Some(1), ..NONE },
    Program {
        names: &["sqlplus", "rman", "sqlldr", "exp", "imp", "expdp", "impdp"],
        slash_pair: true,
        ..NONE
    },
];

impl Program {
    /// The program that a word names, with or without a path.
    pub(super) fn named(word: &str) -> Option<&'static Self> {
        // An address may end like a program's path, but has signs that no path of one has.
        let is_path = word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./\\+".contains(&b));
        if !is_path || word.starts_with('-') {
            return None;
        }
        let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
        let name = name.strip_suffix(".exe").unwrap_or(name);
        let is_named = |pattern: &&'static str| match pattern.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == *pattern,
        };
        PROGRAMS.iter().find(|program| program.names.iter().any(is_named))
    }

    /// What `word` means to it.
    pub(super) fn short(&self, word: &str, login: bool) -> Short {
        if self.after_login && !login {
            return Short::No;
        }
        for option in self.pair {
            if word == *option || is_cluster(word, option) {
                return Short::Separate(Next::Pair);
            }
            let rest = word.strip_prefix(option);
            // Long options have their value behind `=`, short ones at once.
            let rest = rest.and_then(|rest| {
                if option.starts_with("--") { rest.strip_prefix('=') } else { Some(rest) }
            });
            match rest {
                Some(rest) if rest.contains([':', '%', ',']) => {
                    return Short::Pair(word.len() - rest.len());
                }
                _ => {}
            }
        }
        for option in self.secret {
            if word == *option {
                return Short::Separate(Next::Secret);
            }
        }
        let attached = self.secret.iter().filter(|option| option.len() == 2).chain(self.attached);
        for option in attached {
            if word.len() > option.len() && word.starts_with(option) {
                return Short::Attached(option);
            }
        }
        Short::No
    }
}

/// `-sSu` ends with the `-u` that takes the next word.
fn is_cluster(word: &str, option: &str) -> bool {
    let (Some(letters), Some(letter)) = (word.strip_prefix('-'), option.strip_prefix('-')) else {
        return false;
    };
    letter.len() == 1
        && letters.ends_with(letter)
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_file_name() {
        assert!(Program::named("/usr/bin/mysqldump").is_some());
        assert!(Program::named("curl").is_some());
        assert!(Program::named("curly").is_none());
        assert!(Program::named("--curl").is_none());
        assert!(Program::named("").is_none());
        assert!(Program::named("https://a:b@host/curl").is_none());
    }

    #[test]
    fn the_same_option_means_different_things() {
        let short = |program: &str, word: &'static str, login| {
            Program::named(program).unwrap().short(word, login)
        };
        assert_eq!(short("mysql", "-px", false), Short::Attached("-p"));
        assert_eq!(short("mysql", "-p", false), Short::No);
        assert_eq!(short("sshpass", "-p", false), Short::Separate(Next::Secret));
        assert_eq!(short("docker", "-p", false), Short::No);
        assert_eq!(short("docker", "-p", true), Short::Separate(Next::Secret));
        assert_eq!(short("curl", "-sSu", false), Short::Separate(Next::Pair));
        assert_eq!(short("curl", "--user=a:b", false), Short::Pair("--user=".len()));
        assert_eq!(short("curl", "-s", false), Short::No);
    }
}
