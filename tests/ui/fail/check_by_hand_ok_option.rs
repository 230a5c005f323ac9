use health_core::Check;

fn main() {
    let _ = Check::degraded_blocking("cache", || Ok::<Option<u32>, &str>(None));
}
