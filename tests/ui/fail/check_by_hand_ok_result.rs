use health_core::Check;

fn main() {
    let _ = Check::liveness("moves", || Ok::<Result<(), &str>, &str>(Err("stands")));
}
