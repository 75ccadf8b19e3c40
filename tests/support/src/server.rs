//! One stand-in on 127.0.0.1: takes requests, keeps them, applies faults, then asks the stand-in's router.
//!
//! Must never listen on anything but the loopback address.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::faults::{Fate, Faults};
use crate::wire::{Captured, CapturedRequest};

/// Bodies beyond this are answered 413.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// A running stand-in. Stops when dropped.
pub struct Server {
    address: SocketAddr,
    faults: Faults,
    captured: Captured,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    router: Router,
    faults: Faults,
    captured: Captured,
}

impl Server {
    /// Serves what `build` makes of the base URL, on a free port.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(build: impl FnOnce(&str, &Faults) -> Router) -> io::Result<Self> {
        Self::start_on(0, build).await
    }

    /// As [`Server::start`], on a given port: a system that comes back where it was.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start_on(port: u16, build: impl FnOnce(&str, &Faults) -> Router) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let (faults, captured, stop) = (Faults::default(), Captured::at(address.port()), CancellationToken::new());
        let router = build(&format!("http://{address}"), &faults);
        let shared = Shared { router, faults: faults.clone(), captured: captured.clone() };
        let task = tokio::spawn(accept(listener, shared, stop.clone()));
        Ok(Self { address, faults, captured, stop, task })
    }

    /// `http://127.0.0.1:port`, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The switch for faults.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Every request that came.
    #[must_use]
    pub fn captured(&self) -> &Captured {
        &self.captured
    }

    /// Every byte that reached it: request lines, headers and bodies.
    #[must_use]
    pub fn captured_bytes(&self) -> Vec<u8> {
        self.captured.bytes()
    }

    /// Closes the port and every connection.
    pub async fn stop(mut self) {
        self.stop.cancel();
        // The task only ends by the token; a join error would mean it panicked, and then it has ended too.
        let _ended = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept(listener: TcpListener, shared: Shared, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => { tokio::spawn(connection(stream, shared.clone(), stop.clone())); }
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }
}

async fn connection(stream: TcpStream, shared: Shared, stop: CancellationToken) {
    let service = service_fn(move |request| answer(shared.clone(), request));
    let serving = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // An error here is a dropped connection, often one that a fault asked for.
        _ = serving => {}
        () = stop.cancelled() => {}
    }
}

async fn answer(shared: Shared, request: Request<Incoming>) -> Result<Response<Body>, io::Error> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(Body::new(body), MAX_BODY).await else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE));
    };
    shared.captured.push(CapturedRequest {
        method: parts.method.clone(),
        uri: parts.uri.clone(),
        headers: parts.headers.clone(),
        body: body.clone(),
    });
    while shared.faults.holds(parts.uri.path()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let fate = shared.faults.next(parts.uri.path());
    let delay = shared.faults.delay();
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if let Some(early) = before_effect(&fate) {
        return early;
    }
    let response = shared.router.oneshot(Request::from_parts(parts, Body::from(body))).await;
    after_effect(&fate, response.unwrap_or_else(|never| match never {})).await
}

/// The answer of a request that never reaches the stand-in.
fn before_effect(fate: &Fate) -> Option<Result<Response<Body>, io::Error>> {
    match fate {
        Fate::Refused => Some(Err(io::ErrorKind::ConnectionReset.into())),
        Fate::Answered { status, retry_after } => {
            let mut response = plain(StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
            if let Some(value) = retry_after.as_deref().and_then(|v| HeaderValue::from_str(v).ok()) {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
            Some(Ok(response))
        }
        _ => None,
    }
}

/// The stand-in's answer, harmed on its way back.
async fn after_effect(fate: &Fate, response: Response<Body>) -> Result<Response<Body>, io::Error> {
    match fate {
        Fate::LostAnswer => Err(io::ErrorKind::ConnectionReset.into()),
        Fate::Truncated | Fate::Cut => {
            let (mut parts, body) = response.into_parts();
            let whole = to_bytes(body, MAX_BODY).await.map_err(io::Error::other)?;
            let half = whole.slice(..whole.len() / 2);
            parts.headers.remove(header::CONTENT_LENGTH);
            if *fate == Fate::Truncated {
                return Ok(Response::from_parts(parts, Body::from(half)));
            }
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
            Ok(Response::from_parts(parts, breaking_off(half)))
        }
        _ => Ok(response),
    }
}

fn breaking_off(half: Bytes) -> Body {
    let pieces: [Result<Bytes, io::Error>; 2] = [Ok(half), Err(io::ErrorKind::ConnectionReset.into())];
    Body::from_stream(futures::stream::iter(pieces))
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{{\"status\":{}}}", status.as_u16())));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
