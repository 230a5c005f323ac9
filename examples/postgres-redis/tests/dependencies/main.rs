//! Breaks the dependencies of the running service for real, and reads what it says.
//!
//! Every test starts its own servers. Where PostgreSQL or Redis is not installed, its tests say that
//! they were skipped, and pass; with `HEALTH_TESTS_REQUIRE_SERVERS=1` they fail.

mod carts;
mod database;
mod network;
mod start;

mod postgres;
mod redis;
mod shop;
