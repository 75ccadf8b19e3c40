//! The daemon as `run` builds it, in this process, with a clock that can be put forward.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use samhold_model::Instant;
use tokio::task::JoinHandle;

use super::folder::Folder;
use crate::clock::Clock;
use crate::sync::Engine;
use crate::{connect, web};

/// A running daemon.
pub(super) struct Daemon {
    pub(super) engine: Arc<Engine>,
    pub(super) address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Daemon {
    /// Reads the settings folder, opens the store, serves the API and starts every room.
    pub(super) async fn start(folder: &Folder, begin: Instant) -> anyhow::Result<Self> {
        let _ = crate::telemetry::metrics();
        let live = connect::build(folder.path()).map_err(|mistakes| anyhow::anyhow!("{}", mistakes.render()))?;
        let store = connect::open_store(&live.loaded.settings.store).await?;
        let bound = web::bind(&live.loaded.settings.web).await?;
        let address = bound.address;
        let engine = Engine::new(store, Clock::starting_at(begin), live);
        engine.start();
        let serving = tokio::spawn(web::serve(bound, web::router(Arc::clone(&engine)), engine.stop.child_token()));
        Ok(Self { engine, address, serving })
    }

    /// Ends every task in good order.
    pub(super) async fn stop(self, patience: Duration) {
        self.engine.shut_down(patience).await;
        // A join error would mean that the listener panicked; it has ended all the same.
        drop(self.serving.await);
    }
}
