mod orders {}

fn database() {}

fn main() {
    let _ = health_core::checks![database()];
}
