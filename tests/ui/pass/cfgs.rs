//! `cfg` above and below the attribute.

#![deny(warnings)]

use health_core::health_check;

struct Here;

#[cfg(any())]
#[health_check(critical)]
async fn above(missing: &Missing) -> Result<(), String> {}

#[health_check(critical)]
#[cfg(any())]
async fn below(missing: &Missing) -> Result<(), String> {
    Err(String::new())
}

#[health_check(critical)]
#[cfg_attr(all(), cfg(any()), allow(dead_code))]
async fn in_a_cfg_attr(missing: &Missing) -> Result<(), String> {
    Err(String::new())
}

#[cfg_attr(all(), health_check(critical))]
async fn conditional(here: &Here) -> Result<(), String> {
    let _ = here;
    Err(String::new())
}

#[health_check(critical)]
#[cfg(all())]
async fn either(here: &Here) -> Result<(), String> {
    let _ = here;
    Err(String::new())
}

#[health_check(critical)]
#[cfg(not(all()))]
async fn either(missing: &Missing) -> Result<(), String> {
    Err(String::new())
}

fn main() {
    let checks = health_core::checks![conditional, either];
    assert_eq!(checks.len(), 2);
}
