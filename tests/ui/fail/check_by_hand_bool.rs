use health_core::Check;
use health_core::class::Critical;

fn main() {
    let _ = Check::new("database", Critical, || async { true });
}
