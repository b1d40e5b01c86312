//! Sharing experience: by what unions are like each other, and when those who come to a meeting are reminded.

/// What is said of cases and meetings. A standard that says nothing of them has one class of size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    pub clause: String,
    /// From how many workers on the next class of size begins, ascending.
    pub sizes: Vec<i64>,
    /// So many days before a meeting those who booked are reminded, unless the meeting says otherwise.
    pub remind_days: i64,
}

impl Default for Sharing {
    fn default() -> Sharing {
        Sharing {
            clause: String::new(),
            sizes: Vec::new(),
            remind_days: 2,
        }
    }
}

impl Sharing {
    /// The class of size of a union with so many workers, from 0; none where nobody knows how many they are.
    pub fn class_of(&self, workers: Option<i64>) -> Option<i64> {
        let workers = workers?;
        let begun = self.sizes.iter().filter(|from| **from <= workers);
        i64::try_from(begun.count()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_begins_with_its_number_and_unknown_is_none() {
        let sharing = Sharing {
            sizes: vec![30, 100],
            ..Sharing::default()
        };
        let classes = [Some(0), Some(29), Some(30), Some(99), Some(100), None];
        assert_eq!(
            classes.map(|workers| sharing.class_of(workers)),
            [Some(0), Some(0), Some(1), Some(1), Some(2), None]
        );
    }
}
