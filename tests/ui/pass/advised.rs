//! What the messages advise, each in a program that follows it.
//!
//! `what_a_message_advises_compiles` in `tests/compile.rs` holds the two together.

#![allow(dead_code, unused_variables)]

use std::error::Error;
use std::sync::Arc;

use health_core::{Feature, health_check};

type E = String;

const SEARCH: Feature = Feature::new("search");

struct Pool;
impl Pool {
    async fn ping(&self) -> Result<(), E> {
        Err(E::new())
    }
}

#[derive(serde::Serialize)]
struct Stats;

trait Clock: Send + Sync {}
// `write `trait ..: Send + Sync``
/// ..
trait Trait: Send + Sync {}

mod my_crate {
    pub use health_core;
}

macro_rules! attributes {
    ($($name:ident($($attribute:tt)*))*) => {$(
        #[health_check($($attribute)*)]
        fn $name() -> Result<(), E> {
            Err(E::new())
        }
    )*};
}

attributes! {
    attribute_0(critical)
    attribute_1(degraded)
    attribute_2(startup)
    attribute_3(liveness)
    attribute_4(critical, timeout = "2s")
    attribute_5(critical, timeout = "2ms")
    attribute_6(critical, timeout = "1s")
    attribute_7(critical, timeout = "3s")
    attribute_8(critical, timeout = "5s")
    attribute_9(critical, timeout = "500ms")
    attribute_10(critical, timeout = "1500ms")
    attribute_11(critical, timeout = "1s500ms")
    attribute_12(critical, timeout = "30s", interval = "30s")
    attribute_13(critical, timeout = "30000ms", interval = "30000ms")
    attribute_14(critical, timeout = "30000s", interval = "30000s")
    attribute_15(critical, timeout = "5000s", interval = "5000s")
    attribute_16(critical, timeout = "5s1ms", interval = "5s1ms")
    attribute_17(critical, timeout = "10s", interval = "10s")
    attribute_18(critical, interval = "10ms")
    attribute_19(critical, interval = "5ms")
    attribute_20(critical, interval = "5s")
    attribute_21(critical, interval = "1m30s")
    attribute_22(critical, interval = "1m30ms")
    attribute_23(critical, interval = "30000s")
    attribute_24(critical, interval = "30000ms")
    attribute_25(critical, retry = "1s")
    attribute_26(critical, retry = "5s")
    attribute_27(critical, retry = "10s", interval = "10s")
    attribute_28(liveness, retry = "8s", interval = "8s")
    attribute_29(startup, retry = "10s")
    attribute_30(critical, fail_after = 1)
    attribute_31(critical, fail_after = 2)
    attribute_32(critical, fail_after = 3)
    attribute_33(critical, pass_after = 1)
    attribute_34(critical, name = "check")
    attribute_35(critical, name = "database")
    attribute_36(critical, name = "orders")
    attribute_37(critical, name = "orders-db")
    attribute_38(critical, name = "orders-database")
    attribute_39(critical, name = "groesse")
    attribute_40(critical, needed_by(SEARCH))
    attribute_41(degraded, needed_by(SEARCH))
    attribute_42(critical, crate = my_crate::health_core)
}

#[health_check(critical, timeout = "2s")]
/// ..
async fn database(pool: &Pool) -> Result<(), E> {
    pool.ping().await
}

#[health_check(critical, ignores_errors = "the deadline is the check")]
async fn pool_answers(pool: &Pool) -> Result<(), String> {
    let _ = pool.ping().await;
    Ok(())
}

#[health_check(critical, ignores_errors = "why")]
fn nothing_to_ask_here() -> Result<(), String> {
    Ok(())
}

#[health_check(liveness, local = "why")]
fn answers_itself() -> Result<(), std::io::Error> {
    std::net::TcpStream::connect("127.0.0.1:8080")?;
    Ok(())
}

#[health_check(critical)]
async fn errors_are_handed_on(pool: &Pool) -> Result<&'static str, E> {
    pool.ping().await?;
    let first = "a b".split(' ').next().ok_or("what")?;
    Ok(first)
}

macro_rules! arguments {
    ($($function:ident($argument:ident: $state:ty))*) => {$(
        #[health_check(critical)]
        async fn $function($argument: $state) -> Result<(), E> {
            Err(E::new())
        }
    )*};
}

// As a type in a macro is one token, these are written out.
#[health_check(critical)]
async fn taken(
    pool: &Pool,
    _pool: &Pool,
    boxed: &Box<dyn Clock>,
    text: &String,
    port: &u16,
    ask: &fn() -> bool,
    object: &dyn Trait,
    sync: &(dyn Clock + Sync),
    send: &(dyn Clock + Send),
) -> Result<(), E> {
    Err(E::new())
}

#[health_check(critical)]
async fn given(pool: Option<&Pool>, clock: Option<&(dyn Clock + Unpin)>, arc: Arc<Pool>) -> Result<(), E> {
    Err(E::new())
}

type T = u32;
arguments! {
    pattern(state: &(String, u16))
    two(state: &(u8, u8))
    generic(state: &T)
    wildcard(state: &u64)
}

#[health_check(critical)]
fn returned() -> Result<(), String> {
    Err(E::new())
}

#[health_check(critical)]
fn details() -> Result<Stats, E> {
    Err(E::new())
}

#[health_check(critical)]
fn boxed() -> Result<(), Box<dyn Error + Send + Sync>> {
    Err("down")?
}

#[health_check(critical)]
fn text() -> Result<(), &'static str> {
    Err("down")
}

struct Url(String);

#[health_check(critical)]
fn wrapped(url: &Url) -> Result<(), E> {
    Err(url.0.clone())
}

mod orders {
    #[health_core::health_check(critical, name = "orders-2")]
    pub async fn database() -> Result<(), String> {
        Err(String::new())
    }
}

fn main() {
    assert_eq!(health_core::checks![orders::database].len(), 1);
}
