//! A macro for closed sets that are written as keys in files and JSON.

/// Declares a closed set whose members are written as fixed keys: `ALL`, `key`, `from_key`, parsing, printing and serde. A member's
/// Chinese word stands behind its key, in all members or in none: then there is `word`.
///
/// ```
/// jianjia_standard::keyed! {
///     pub enum Answer {
///         Yes = "yes" / "是",
///         No = "no" / "否",
///     }
/// }
/// assert_eq!(Answer::from_key("no").map(Answer::word), Some("否"));
/// assert_eq!(Answer::from_key("perhaps"), None);
/// ```
#[macro_export]
macro_rules! keyed {
    ($(#[$outer:meta])* pub enum $name:ident { $($(#[$inner:meta])* $variant:ident = $key:literal / $word:literal,)+ }) => {
        $crate::keyed! {
            $(#[$outer])*
            pub enum $name { $($(#[$inner])* $variant = $key,)+ }
        }

        impl $name {
            /// The Chinese word shown to people; the locales hold the English one.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }
        }
    };
    ($(#[$outer:meta])* pub enum $name:ident { $($(#[$inner:meta])* $variant:ident = $key:literal,)+ }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$inner])* $variant,)+ }

        impl $name {
            /// Every member, in the order of declaration.
            pub const ALL: [$name; [$($key),+].len()] = [$($name::$variant),+];

            /// The key as tables, files, addresses and JSON spell it.
            pub fn key(self) -> &'static str {
                match self { $($name::$variant => $key,)+ }
            }

            /// The member of a key.
            pub fn from_key(key: &str) -> std::option::Option<$name> {
                $name::ALL.into_iter().find(|member| member.key() == key)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.key())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::keyed::UnknownKey;

            fn from_str(key: &str) -> std::result::Result<Self, Self::Err> {
                $name::from_key(key).ok_or_else(|| {
                    $crate::keyed::UnknownKey {
                        found: key.to_owned(),
                        known: $name::ALL.iter().map(|member| member.key()).collect(),
                    }
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.key())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let key = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                key.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A word that is not one of a closed set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not one of {}", known.join(", "))]
pub struct UnknownKey {
    /// The word found.
    pub found: String,
    /// The keys of the set.
    pub known: Vec<&'static str>,
}
