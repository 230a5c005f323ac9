use health_core::health_check;

#[health_check(critical)]
fn check(_pool: &std::rc::Rc<u64>) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
