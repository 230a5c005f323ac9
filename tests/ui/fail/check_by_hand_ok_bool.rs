use health_core::Check;

fn main() {
    let _ = Check::critical("database", || async { Ok::<_, &str>(false) });
}
