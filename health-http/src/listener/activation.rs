use listenfd::ListenFd;

use super::address::Address;

/// Takes the sockets that were passed to this process.
pub(super) fn addresses() -> Vec<Address> {
    let mut passed = ListenFd::from_env();
    if passed.len() == 0 {
        let problem = "no socket was passed to this process: start it by a systemd `.socket` unit";
        return vec![Address::None(problem.to_owned())];
    }
    (0..passed.len())
        .map(|at| address(&mut passed, at))
        .collect()
}

fn address(passed: &mut ListenFd, at: usize) -> Address {
    if let Ok(Some(socket)) = passed.take_unix_listener(at) {
        return Address::BoundUnix(socket);
    }
    match passed.take_tcp_listener(at) {
        Ok(Some(socket)) => Address::BoundTcp(socket),
        // It was asked for just above.
        Ok(None) => Address::None(format!("the passed socket {at} is taken")),
        Err(error) => Address::None(format!(
            "the passed socket {at} cannot be listened on: {error}"
        )),
    }
}
