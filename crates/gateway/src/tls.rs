//! TLS by a given certificate: read once, checked with its key, and read again when the files
//! change, so that a renewed one is used without a restart.

mod expiry;

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::timeout};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::ring,
        pki_types::{
            CertificateDer, PrivateKeyDer,
            pem::{self, PemObject as _},
        },
    },
    server::TlsStream,
};
use tracing::{debug, info, warn};

/// Time for a client to shake hands.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// How often the files are looked at, while connections come.
const LOOK: Duration = Duration::from_secs(2);
/// Largest file that is read; a chain has a few kilobytes.
const FILE_BYTES: u64 = 1024 * 1024;
/// The first byte of a TLS connection: a record of the handshake (RFC 8446, section 5.1).
const HANDSHAKE_RECORD: u8 = 0x16;

/// Where certificate and key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// PEM: our own certificate first, then its chain.
    pub certificate: PathBuf,
    /// PEM: the private key, as PKCS#8, SEC1 (EC) or PKCS#1 (RSA).
    pub key: PathBuf,
}

impl TlsFiles {
    /// Whether the server could use them; when the certificate ends, in epoch seconds, where it says
    /// so.
    pub fn check(&self) -> Result<Option<i64>, TlsError> {
        load(self)?;
        Ok(chain(&self.certificate)?.first().and_then(|own| expiry::not_after(own)))
    }
}

/// Why certificate and key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file holds something else.
    #[error("{} {what}", path.display())]
    Holds {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        what: String,
    },
    /// The two belong to different pairs.
    #[error(
        "the key in {} does not belong to the certificate in {}: name the two of one pair",
        key.display(), certificate.display()
    )]
    Mismatch {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
}

/// When a file was written, and how long it is: enough to see that it is another one.
type Stamp = Option<(SystemTime, u64)>;

/// The certificate in use.
pub(crate) struct Tls {
    files: TlsFiles,
    state: Mutex<State>,
}

struct State {
    config: Arc<ServerConfig>,
    stamps: [Stamp; 2],
    looked: Duration,
}

impl Tls {
    /// Reads the files.
    pub(crate) fn open(files: TlsFiles, now: Duration) -> Result<Self, TlsError> {
        // Looked at first: what is written in between is read again later.
        let stamps = stamps(&files);
        let config = load(&files)?;
        Ok(Self { files, state: Mutex::new(State { config, stamps, looked: now }) })
    }

    /// Shakes hands with a client; `None` when it does not, or not in time.
    pub(crate) async fn shake_hands(
        &self,
        mut stream: TcpStream,
        now: Duration,
    ) -> Option<TlsStream<TcpStream>> {
        let acceptor = TlsAcceptor::from(self.config(now));
        let shaken = async {
            let mut first = [0];
            if stream.peek(&mut first).await? == 1 && first != [HANDSHAKE_RECORD] {
                stream.write_all(PLAIN_HTTP).await?;
                stream.shutdown().await?;
                return Err(io::Error::other("it spoke without TLS"));
            }
            acceptor.accept(stream).await
        };
        match timeout(HANDSHAKE_TIME, shaken).await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                debug!(%error, "a client did not shake hands");
                None
            }
            Err(_) => {
                debug!("a client did not shake hands in time");
                None
            }
        }
    }

    /// What new connections use. The files are small and mostly in memory, so that looking at them
    /// takes microseconds; they are read only when they changed.
    fn config(&self, now: Duration) -> Arc<ServerConfig> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(state.looked) >= LOOK {
            state.looked = now;
            let stamps = stamps(&self.files);
            if stamps != state.stamps {
                state.stamps = stamps;
                match load(&self.files) {
                    Ok(config) => {
                        state.config = config;
                        info!("the renewed certificate is used from now on");
                    }
                    Err(error) => {
                        warn!(%error, "the changed certificate cannot be used, the old one stays");
                    }
                }
            }
        }
        Arc::clone(&state.config)
    }
}

/// What a browser that was told http:// gets.
const PLAIN_HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\
    Connection: close\r\n\r\nThis server speaks TLS: use an address that begins with https://\n";

fn stamps(files: &TlsFiles) -> [Stamp; 2] {
    [&files.certificate, &files.key].map(|path| {
        let file = fs::metadata(path).ok()?;
        Some((file.modified().ok()?, file.len()))
    })
}

fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = chain(&files.certificate)?;
    let key = key(&files.key)?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has suites for both versions")
        .with_no_client_auth();
    let mut config = builder.with_single_cert(chain, key).map_err(|error| refused(files, error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what else it says is said as it is")]
fn refused(files: &TlsFiles, error: rustls::Error) -> TlsError {
    match error {
        rustls::Error::InconsistentKeys(_) => {
            TlsError::Mismatch { certificate: files.certificate.clone(), key: files.key.clone() }
        }
        rustls::Error::InvalidCertificate(error) => TlsError::Holds {
            path: files.certificate.clone(),
            what: format!("holds a certificate that cannot be used: {error}"),
        },
        error => TlsError::Holds {
            path: files.key.clone(),
            what: format!(
                "holds a private key that cannot be used ({error}); take RSA of 2,048 bits or \
                 more, ECDSA P-256, P-384, or Ed25519"
            ),
        },
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES).read_to_end(&mut bytes))
        .map_err(|source| TlsError::Read { path: path.to_owned(), source })?;
    Ok(bytes)
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let holds = |what: String| TlsError::Holds { path: path.to_owned(), what };
    let bytes = read(path)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let chain = chain.map_err(|error| holds(format!("is no PEM: {error}")))?;
    if chain.is_empty() {
        return Err(holds(if says(&bytes, "PRIVATE KEY") {
            "holds a key and no certificate; are --tls-cert and --tls-key swapped?".to_owned()
        } else {
            "holds no certificate; it has to be PEM: lines between BEGIN CERTIFICATE and END \
             CERTIFICATE, the server's own first, then its chain"
                .to_owned()
        }));
    }
    Ok(chain)
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let holds = |what: String| TlsError::Holds { path: path.to_owned(), what };
    let bytes = read(path)?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| {
        let none = matches!(error, pem::Error::NoItemsFound);
        holds(if says(&bytes, "ENCRYPTED") {
            "holds an encrypted key; store it without a password, readable by the server's user \
             only"
                .to_owned()
        } else if none && says(&bytes, "BEGIN CERTIFICATE") {
            "holds a certificate and no key; are --tls-cert and --tls-key swapped?".to_owned()
        } else if none {
            "holds no private key; it has to be PEM: PKCS#8 (BEGIN PRIVATE KEY), EC or RSA"
                .to_owned()
        } else {
            format!("is no PEM: {error}")
        })
    })
}

fn says(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|window| window == part.as_bytes())
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey, generate_simple_self_signed};

    use super::*;

    struct Scene {
        folder: tempfile::TempDir,
        files: TlsFiles,
    }

    fn pair() -> (String, String) {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        (cert.pem(), signing_key.serialize_pem())
    }

    impl Scene {
        fn new(certificate: &str, key: &str) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let files = TlsFiles {
                certificate: folder.path().join("cert.pem"),
                key: folder.path().join("key.pem"),
            };
            fs::write(&files.certificate, certificate).unwrap();
            fs::write(&files.key, key).unwrap();
            Self { folder, files }
        }

        fn complaint(&self) -> String {
            Tls::open(self.files.clone(), Duration::ZERO).err().unwrap().to_string()
        }
    }

    #[test]
    fn wrong_files_are_named_with_what_is_wrong() {
        let (certificate, key) = pair();
        let check = |cert: &str, key: &str, file: &str, part: &str| {
            let complaint = Scene::new(cert, key).complaint();
            assert!(complaint.contains(file) && complaint.contains(part), "{complaint}");
        };
        check(&key, &certificate, "cert.pem", "swapped");
        check(&certificate, &certificate, "key.pem", "swapped");
        check("", &key, "cert.pem", "no certificate");
        check("hello", &key, "cert.pem", "no certificate");
        check(&certificate, "", "key.pem", "no private key");
        check(&certificate, &pair().1, "key.pem", "does not belong");
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE \
                         KEY-----\n";
        check(&certificate, encrypted, "key.pem", "without a password");
        let cut: String = certificate.chars().take(200).collect();
        check(&cut, &key, "cert.pem", "cert.pem");
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        check(broken, &key, "cert.pem", "cannot be used");
        let scene = Scene::new(&certificate, &key);
        fs::remove_file(&scene.files.key).unwrap();
        assert!(scene.complaint().contains("key.pem"), "{}", scene.complaint());
        drop(scene.folder);
    }

    #[test]
    fn a_renewed_certificate_is_used_and_a_broken_one_is_not() {
        let (certificate, key) = pair();
        let scene = Scene::new(&certificate, &key);
        let tls = Tls::open(scene.files.clone(), Duration::ZERO).unwrap();
        let first = tls.config(LOOK);
        assert!(Arc::ptr_eq(&first, &tls.config(LOOK * 2)), "nothing changed");
        let later = |file: &Path, text: &str, seconds: u64| {
            fs::write(file, text).unwrap();
            let when = fs::metadata(file).unwrap().modified().unwrap();
            let file = File::options().write(true).open(file).unwrap();
            file.set_modified(when + Duration::from_secs(seconds)).unwrap();
        };
        let (renewed, renewed_key) = pair();
        // First one file, then the other, as programs that renew do.
        later(&scene.files.certificate, &renewed, 5);
        assert!(Arc::ptr_eq(&first, &tls.config(LOOK * 2)), "not looked at so soon");
        assert!(Arc::ptr_eq(&first, &tls.config(LOOK * 3)), "the old one stays");
        later(&scene.files.key, &renewed_key, 6);
        let second = tls.config(LOOK * 4);
        assert!(!Arc::ptr_eq(&first, &second), "the renewed pair is used");
        fs::remove_file(&scene.files.key).unwrap();
        assert!(Arc::ptr_eq(&second, &tls.config(LOOK * 5)));
    }
}
