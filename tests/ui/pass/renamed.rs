//! `health_core` under another name.

mod reexported {
    pub mod health {
        pub use health_core::*;
    }
}

use reexported::health as my_health;

#[my_health::health_check(critical, crate = crate::reexported::health)]
async fn absolute() -> Result<(), String> {
    Err(String::new())
}

#[my_health::health_check(liveness, crate = my_health)]
fn relative() -> Result<(), String> {
    Err(String::new())
}

fn inside() {
    #[health_core::health_check(liveness, crate = ::health_core)]
    fn rooted() -> Result<(), String> {
        Err(String::new())
    }
    let _ = rooted();
}

fn main() {
    let _ = my_health::checks![absolute, relative];
    inside();
}
