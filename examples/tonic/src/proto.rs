//! The code that `build.rs` makes of `proto/shop.proto`.
#![allow(
    clippy::pedantic,
    missing_docs,
    unreachable_pub,
    reason = "it is written by a machine"
)]

tonic::include_proto!("shop.v1");
