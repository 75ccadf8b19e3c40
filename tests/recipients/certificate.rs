//! HTTP push over TLS with a client certificate: the recipient's authority is trusted, ours is shown.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::common::{Daemon, Folder, MUNICIPALITY, toml_path, wait_until};
use crate::story::{agreed, child};

/// An authority of the test's own, with a certificate for the server and one for us.
struct Authority {
    home: TempDir,
}

impl Authority {
    fn new() -> Self {
        let authority = Self { home: tempfile::tempdir().unwrap() };
        authority.openssl(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=Testutsteder",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
        ]);
        authority.issue("server", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
        authority.issue("client", "extendedKeyUsage=clientAuth\n");
        authority
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn issue(&self, name: &str, extensions: &str) {
        std::fs::write(self.path("ext"), extensions).unwrap();
        let (key, request, made) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        let subject = format!("/CN={name}");
        self.openssl(&[
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            &subject,
            "-keyout",
            &key,
            "-out",
            &request,
        ]);
        self.openssl(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            "ext",
            "-out",
            &made,
        ]);
    }

    fn openssl(&self, arguments: &[&str]) {
        let out = Command::new("openssl").args(arguments).current_dir(self.home.path()).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
}

fn certificates(path: &Path) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_file_iter(path).unwrap().map(Result::unwrap).collect()
}

/// A server that lets nobody in without a certificate of the authority, and keeps what it gets.
async fn server(authority: &Authority) -> (u16, Arc<Mutex<Vec<Value>>>) {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(certificates(&authority.path("ca.pem")));
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::from_pem_file(authority.path("server.key")).unwrap();
    let config = config
        .with_client_cert_verifier(verifier)
        .with_single_cert(certificates(&authority.path("server.pem")), key)
        .unwrap();
    let (acceptor, had) = (TlsAcceptor::from(Arc::new(config)), Arc::new(Mutex::new(Vec::new())));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let (port, kept) = (listener.local_addr().unwrap().port(), Arc::clone(&had));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            tokio::spawn(answer(TokioIo::new(stream), Arc::clone(&kept)));
        }
    });
    (port, had)
}

async fn answer(stream: TokioIo<tokio_rustls::server::TlsStream<tokio::net::TcpStream>>, had: Arc<Mutex<Vec<Value>>>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let had = Arc::clone(&had);
        async move {
            let body = to_bytes(Body::new(request.into_body()), 1 << 20).await.unwrap();
            had.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
            Ok::<_, Infallible>(Response::new(Body::empty()))
        }
    });
    // An error is a connection that ended.
    let _ended = hyper::server::conn::http1::Builder::new().serve_connection(stream, service).await;
}

fn recipient(folder: &Folder, port: u16, authority: &Authority, shows: bool) {
    let ca = toml_path(&authority.path("ca.pem"));
    let read = |name: &str| std::fs::read_to_string(authority.path(name)).unwrap();
    let own = folder.secret("client-pem", &(read("client.pem") + &read("client.key")));
    let certificate = if shows { format!("http.client_certificate = {own}\n") } else { String::new() };
    folder.system(
        "skolen",
        &format!(
            "kind = \"skole_kommunal\"\nmunicipalities = [\"{MUNICIPALITY}\"]\nservices = [\"lia-skole\"]\n[recipient.http]\n\
             url = \"https://127.0.0.1:{port}/\"\nhttp.ca_file = {ca}\n{certificate}"
        ),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_delivered_only_with_our_certificate() {
    let authority = Authority::new();
    let (port, had) = server(&authority).await;
    let folder = Folder::sqlite();
    recipient(&folder, port, &authority, false);
    let daemon = Daemon::start(folder).await;
    daemon.client().must_take(&agreed(&child(0))).await;
    wait_until("nobody is let in without one", async || !daemon.folder.last_error_of("skolen").is_empty()).await;
    assert!(had.lock().unwrap().is_empty());
    recipient(&daemon.folder, port, &authority, true);
    daemon.reload();
    wait_until("it is delivered with one", async || had.lock().unwrap().len() == 1).await;
    assert_eq!(had.lock().unwrap()[0]["data"]["coordination"]["holder"]["service"], "lia-skole");
}
