//! The listener: plain HTTP on loopback, or TLS with optional client certificates. HTTP/1.1 and HTTP/2.
//!
//! Stops gracefully: requests under way are answered, new connections are not taken.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::ExposeSecret;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::auth::ClientCertificate;
use crate::config::WebSettings;

/// Why the listener could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}; is another program there? set `web.listen`")]
    Bind {
        /// Which address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Certificate or key.
    #[error("`web.tls` cannot be used: {0}")]
    Tls(String),
}

/// A listener that is open.
pub struct Bound {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    /// How long a sender may take for the head of a request.
    patience: Duration,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Opens the listener.
///
/// # Errors
/// [`ListenError`].
pub async fn bind(settings: &WebSettings) -> Result<Bound, ListenError> {
    let failed = |source| ListenError::Bind { address: settings.listen, source };
    let listener = TcpListener::bind(settings.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let tls = settings.tls.as_ref().map(acceptor).transpose()?;
    let patience = Duration::from_secs(settings.request_timeout_seconds.max(1));
    Ok(Bound { listener, tls, patience, address })
}

fn acceptor(settings: &crate::config::TlsSettings) -> Result<TlsAcceptor, ListenError> {
    let tls = |e: &dyn std::fmt::Display| ListenError::Tls(e.to_string());
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(&settings.certificate).and_then(Iterator::collect).map_err(|e| tls(&e))?;
    let key = settings.key.read().map_err(|e| tls(&e))?;
    let key = PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes()).map_err(|e| tls(&e))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| tls(&e))?;
    let builder = match &settings.client_ca {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let mut roots = rustls::RootCertStore::empty();
            let given: Vec<CertificateDer<'static>> =
                CertificateDer::pem_file_iter(file).and_then(Iterator::collect).map_err(|e| tls(&e))?;
            roots.add_parsable_certificates(given);
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .allow_unauthenticated()
                .build()
                .map_err(|e| tls(&e))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder.with_single_cert(chain, key).map_err(|e| tls(&e))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves until `stop`, then lets what is under way finish.
pub async fn serve(bound: Bound, router: Router, stop: CancellationToken) {
    let connections = TaskTracker::new();
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = bound.listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(e) => {
                    tracing::warn!(error = %e, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let speaking = Speaking { router: router.clone(), patience: bound.patience, stop: stop.clone() };
        connections.spawn(connection(stream, bound.tls.clone(), speaking));
    }
    connections.close();
    connections.wait().await;
}

/// What a connection needs to be served.
struct Speaking {
    router: Router,
    patience: Duration,
    stop: CancellationToken,
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, mut speaking: Speaking) {
    drop(stream.set_nodelay(true));
    match tls {
        None => speak(TokioIo::new(stream), speaking).await,
        Some(acceptor) => {
            let patience = Duration::from_secs(10);
            let Ok(Ok(stream)) = tokio::time::timeout(patience, acceptor.accept(stream)).await else { return };
            let certificate = stream
                .get_ref()
                .1
                .peer_certificates()
                .and_then(|c| c.first())
                .map(|c| ClientCertificate(hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, c))));
            if let Some(shown) = certificate {
                speaking.router = speaking.router.layer(axum::Extension(shown));
            }
            speak(TokioIo::new(stream), speaking).await;
        }
    }
}

async fn speak<I>(io: I, Speaking { router, patience, stop }: Speaking)
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let mut builder = Builder::new(TokioExecutor::new());
    // The router's timeout begins when the head is read; a head that never ends would hold the connection for ever.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience);
    let connection = builder.serve_connection(io, TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => {
            if let Err(e) = ended {
                tracing::debug!(error = %e, "a connection ended early");
            }
        }
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            drop(tokio::time::timeout(Duration::from_secs(10), connection).await);
        }
    }
}
