//! The address to listen on: is it free, who has it, and does a server answer there?

use std::{
    fs,
    io::{self, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    time::Duration,
};

use super::{Finding, Scene};
use crate::serve::DEFAULT_LISTEN;

/// Time for a server on this machine to answer.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn check(scene: &Scene<'_>) -> Vec<Finding> {
    let asked = scene.flags.serve.listen;
    let address = asked.unwrap_or(DEFAULT_LISTEN);
    if !scene.here {
        return vec![Finding::not_here("listen", "another machine's ports cannot be tried")];
    }
    let Err(taken) = TcpListener::bind(address) else {
        let free = Finding::ok("listen", format!("{address} is free"));
        let server = Finding::not_here("server", format!("none runs on {address}"));
        return vec![free, server];
    };
    if taken.kind() != io::ErrorKind::AddrInUse {
        let actions = [
            (
                io::ErrorKind::PermissionDenied,
                "ports below 1024 need CAP_NET_BIND_SERVICE; take a higher one with --listen",
            ),
            (
                io::ErrorKind::AddrNotAvailable,
                "no interface has that address; 'ip address' lists those that there are",
            ),
        ];
        let action = actions.iter().find(|(kind, _)| *kind == taken.kind());
        let action = action.map_or("choose another address with --listen", |(_, action)| action);
        return vec![Finding::problem("listen", format!("{address}: {taken}"), action)];
    }
    let holder = holder(&scene.root.proc, address.port());
    let who = match &holder {
        Some((name, id)) => format!("{name} (process {id})"),
        None => "a process that this user cannot see".to_owned(),
    };
    if answers(address, "/healthz") {
        let ready = answers(address, "/readyz");
        let listen = Finding::ok("listen", format!("{address} is taken by {who}, which answers"));
        return vec![
            listen,
            if ready {
                Finding::ok("server", format!("the one on {address} says that it is well"))
            } else {
                Finding::problem(
                    "server",
                    format!("the one on {address} says that a part of it does not work"),
                    format!("GET http://{address}/health with a token says which"),
                )
            },
        ];
    }
    let ours = holder.is_some_and(|(name, _)| name == "bellwether");
    vec![if ours {
        Finding::warning(
            "listen",
            format!("{address} is taken by {who}, which does not answer plain HTTP"),
            "if it speaks TLS, open its https address; if not, read its log",
        )
    } else if asked.is_some() {
        Finding::problem(
            "listen",
            format!("{address} is taken by {who}"),
            "stop that, or choose another address with --listen; port 0 takes any free port",
        )
    } else {
        Finding::warning(
            "listen",
            format!("{address} is taken by {who}; the next free port will be taken"),
            "name a port of your own with --listen",
        )
    }]
}

/// The process that listens on a port: its socket's number stands in `/proc/net`, and behind one of
/// its descriptors.
fn holder(proc: &Path, port: u16) -> Option<(String, u32)> {
    let socket = ["net/tcp", "net/tcp6"].iter().find_map(|file| {
        let table = fs::read_to_string(proc.join(file)).ok()?;
        listening(&table, port)
    })?;
    let wanted = format!("socket:[{socket}]");
    fs::read_dir(proc).ok()?.flatten().find_map(|process| {
        let id: u32 = process.file_name().to_str()?.parse().ok()?;
        let has = fs::read_dir(process.path().join("fd")).ok()?.flatten().any(|descriptor| {
            fs::read_link(descriptor.path()).is_ok_and(|it| it.as_os_str() == wanted.as_str())
        });
        let name = || fs::read_to_string(process.path().join("comm")).unwrap_or_default();
        has.then(|| (name().trim().to_owned(), id))
    })
}

/// The number of the socket that listens on a port, from a table of `/proc/net`
/// (`sl local_address rem_address st … inode`; state `0A` listens).
fn listening(table: &str, port: u16) -> Option<u64> {
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (_, hex) = fields.get(1)?.rsplit_once(':')?;
        let listens = *fields.get(3)? == "0A" && u16::from_str_radix(hex, 16) == Ok(port);
        if listens { fields.get(9)?.parse().ok() } else { None }
    })
}

fn answers(address: SocketAddr, path: &str) -> bool {
    let ask = || -> io::Result<bool> {
        let mut to = address;
        if to.ip().is_unspecified() {
            let loopback = match to.ip() {
                IpAddr::V4(_) => IpAddr::from(Ipv4Addr::LOCALHOST),
                IpAddr::V6(_) => IpAddr::from(Ipv6Addr::LOCALHOST),
            };
            to.set_ip(loopback);
        }
        let mut stream = TcpStream::connect_timeout(&to, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(&status == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        configuration::ConfigFile,
        doctor::{HostRoot, Verdict, scene::flags},
    };

    #[test]
    fn tables_of_the_kernel_are_read() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
             0: 0100007F:20E4 00000000:0000 01 00000000:00000000 00:00000000 00000000     0        0 41 1 0\n   \
             1: 0100007F:20E4 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 42 1 0\n";
        assert_eq!(listening(table, 8420), Some(42));
        assert_eq!(listening(table, 8421), None);
        assert_eq!(listening("nonsense\n0: x y 0A", 1), None);
    }

    #[test]
    fn a_taken_port_names_who_has_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        // Whoever asks is cut at once.
        let cuts = std::thread::spawn(move || drop(listener.accept()));
        let scene = Scene {
            root: HostRoot::real(),
            here: true,
            flags: &flags(&["--listen", &address]),
            file: &Ok(ConfigFile::default()),
            folder: Err(String::new()),
        };
        let found = check(&scene);
        assert_eq!(found[0].verdict, Verdict::Problem, "{found:?}");
        assert!(found[0].says.contains(&format!("process {}", std::process::id())), "{found:?}");
        cuts.join().unwrap();
    }
}
