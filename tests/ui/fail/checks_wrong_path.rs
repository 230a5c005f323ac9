mod orders {}

fn main() {
    let _ = health_core::checks![orders::database];
}
