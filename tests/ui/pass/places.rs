//! Checks in modules, in functions, in blocks and in tests.

use health_core::health_check;

mod outer {
    pub mod inner {
        #[health_core::health_check(critical)]
        pub(in crate::outer) async fn deep() -> Result<(), String> {
            Err(String::new())
        }
    }

    pub fn use_it() {
        let _ = inner::deep();
    }
}

fn with_checks_inside() -> usize {
    struct Local;

    #[health_check(critical)]
    fn inside(local: &Local) -> Result<(), String> {
        let _ = local;
        Err(String::new())
    }

    {
        #[health_check(critical, name = "block")]
        fn inside(local: &Local) -> Result<(), String> {
            let _ = local;
            Err(String::new())
        }
        let _ = inside(&Local);
    }
    health_core::checks![inside].len()
}

const _: () = {
    #[health_check(critical)]
    #[allow(dead_code)]
    fn in_a_constant() -> Result<(), String> {
        Err(String::new())
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[health_check(critical)]
    fn in_tests() -> Result<(), String> {
        Err(String::new())
    }
}

fn main() {
    outer::use_it();
    assert_eq!(with_checks_inside(), 1);
}
