//! Tests against a real broker, named by `SAMHOLD_TEST_AMQP`; skipped, and saying so, without it.
//!
//! Every test has queue and exchange names of its own and removes them.

mod bench;
mod cleared;
mod incoming;
mod outgoing;
mod proxy;
