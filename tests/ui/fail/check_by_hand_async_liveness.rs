use health_core::Check;
use health_core::class::Liveness;

fn main() {
    let _ = Check::new("moves", Liveness, || async { Err::<(), _>("stands") });
}
