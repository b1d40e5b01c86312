//! What the program has in memory while it serves is nobody else's: a vote on its way stands there in clear.

use anyhow::{Context, Result};

/// Lets the system write no copy of our memory, neither when the program crashes nor for another program of the same account.
///
/// # Errors
/// When the system refuses.
pub fn keep_to_ourselves() -> Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).context("core dumps can't be switched off")?;
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)
            .context("memory can't be closed to other programs")?;
    }
    Ok(())
}
