//! Protects the memory of the serving process, which contains votes in plain text on their way.

use anyhow::{Context, Result};

/// Prevents copies of our memory: core dumps after a crash, and reading by other processes of the same user.
///
/// # Errors
/// If the system refuses.
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
