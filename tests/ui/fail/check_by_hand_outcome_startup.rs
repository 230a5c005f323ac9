use health_core::{Check, Outcome};

fn main() {
    let _ = Check::startup("catalog", || async { Outcome::degraded("half of it") });
}
