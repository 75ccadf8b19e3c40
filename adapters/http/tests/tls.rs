//! Trust in both directions: the server's authority as configured, and our own certificate.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::Url;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use samhold_adapter_api::{AdapterError, SecretRef};
use samhold_adapter_http::{Answer, AuthSettings, Call, Client, ClientSettings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn issued(by: &Authority, name: &str) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, by).unwrap();
    (certificate, key)
}

/// A server that lets in only those with a certificate of `clients`.
async fn server(own: &Authority, clients: &Authority) -> Url {
    let (certificate, key) = issued(own, "localhost");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(clients.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("https://localhost:{}/", listener.local_addr().unwrap().port())).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut tls) = acceptor.accept(stream).await else { return };
                let mut request = [0; 4096];
                if tls.read(&mut request).await.is_ok() {
                    let _ = tls.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
                    let _ = tls.shutdown().await;
                }
            });
        }
    });
    url
}

fn ca_file(of: &Authority) -> Option<PathBuf> {
    let SecretRef::File(path) = support::secret(&of.pem()) else { panic!("secret() makes files") };
    Some(path)
}

fn certificate(by: &Authority) -> Option<SecretRef> {
    let (certificate, key) = issued(by, "samhold");
    Some(support::secret(&format!("{}{}", certificate.pem(), key.serialize_pem())))
}

async fn call(
    url: &Url,
    ca_file: Option<PathBuf>,
    client_certificate: Option<SecretRef>,
) -> Result<Answer, AdapterError> {
    let limits = ClientSettings { ca_file, client_certificate, timeout_seconds: 5, ..ClientSettings::default() };
    Client::new("skole", &limits, &AuthSettings::None)?.fetch("read", &Call::get(url.clone())).await
}

#[tokio::test]
async fn a_server_of_the_configured_authority_lets_our_certificate_in() {
    let (own, clients) = (authority(), authority());
    let url = server(&own, &clients).await;
    assert_eq!(call(&url, ca_file(&own), certificate(&clients)).await.unwrap().status, 204);
}

#[tokio::test]
async fn without_the_right_certificate_nobody_is_let_in() {
    let (own, clients) = (authority(), authority());
    let url = server(&own, &clients).await;
    for mine in [None, certificate(&own)] {
        let error = call(&url, ca_file(&own), mine).await.unwrap_err();
        assert!(matches!(error, AdapterError::Unavailable { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_server_of_another_authority_is_not_believed() {
    let (own, clients) = (authority(), authority());
    let url = server(&own, &clients).await;
    for trusted in [None, ca_file(&clients)] {
        let error = call(&url, trusted, certificate(&clients)).await.unwrap_err();
        assert!(error.to_string().contains("cannot connect"), "{error}");
    }
}
