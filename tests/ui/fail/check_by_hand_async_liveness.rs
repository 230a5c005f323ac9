use health_core::Check;

fn main() {
    let _ = Check::liveness("moves", || async { Err::<(), _>("stands") });
}
