//! Keys of an instance that are in no database.

/// The instance's own secret, under which slip codes are hashed. It stands beside the database, never in it.
#[derive(Clone)]
pub struct SlipKey(pub [u8; 32]);

impl std::fmt::Debug for SlipKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SlipKey")
    }
}
