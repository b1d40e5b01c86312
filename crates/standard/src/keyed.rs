//! A macro for closed sets that are written as keys in files and JSON.

/// Declares an enum whose variants are written as fixed keys: `ALL`, `key`, parsing, printing and serde.
macro_rules! keyed {
    ($(#[$outer:meta])* pub enum $name:ident { $($(#[$inner:meta])* $variant:ident = $key:literal,)+ }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$inner])* $variant,)+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The key as files and JSON spell it.
            pub fn key(self) -> &'static str {
                match self { $($name::$variant => $key,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.key())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::keyed::UnknownKey;

            fn from_str(key: &str) -> Result<Self, Self::Err> {
                $name::ALL.iter().copied().find(|member| member.key() == key).ok_or_else(|| {
                    $crate::keyed::UnknownKey {
                        found: key.to_owned(),
                        known: $name::ALL.iter().map(|member| member.key()).collect(),
                    }
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.key())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let key = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                key.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use keyed;

/// A word that is not a key of the set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not one of {}", known.join(", "))]
pub struct UnknownKey {
    /// The word found.
    pub found: String,
    /// The keys of the set.
    pub known: Vec<&'static str>,
}
