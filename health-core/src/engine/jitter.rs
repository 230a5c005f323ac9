use std::time::Duration;

/// Keeps a fleet that starts together from asking together.
#[derive(Debug)]
pub(crate) struct Jitter(fastrand::Rng);

impl Jitter {
    pub(crate) fn new() -> Jitter {
        Jitter(fastrand::Rng::new())
    }

    /// The first pause: a random part of what is due. Varying it a little would leave a fleet in step.
    pub(crate) fn phase(&mut self, due: Duration) -> Duration {
        due.mul_f64(self.0.f64())
    }

    /// Every later pause: what is due, and up to a tenth more or less.
    pub(crate) fn vary(&mut self, due: Duration) -> Duration {
        due.mul_f64(0.9 + 0.2 * self.0.f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fleet_that_starts_together_spreads_and_stays_spread() {
        let interval = Duration::from_secs(5);
        let mut jitter = Jitter::new();
        let mut asks = vec![0_u32; 200];
        for _ in 0..1_000 {
            let mut at = jitter.phase(interval);
            while at < Duration::from_secs(20) {
                asks[usize::try_from(at.as_millis() / 100).unwrap()] += 1;
                at += jitter.vary(interval);
            }
        }
        let mean = asks.iter().sum::<u32>() / 200;
        let most = asks.iter().max().unwrap();
        assert!(*most <= 3 * mean, "{most} in 100 ms, {mean} on average");
    }
}
