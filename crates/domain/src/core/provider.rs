//! How people of the city's identity provider are matched with accounts.

jianjia_standard::keyed! {
    /// What of an account the provider's claim is compared with.
    pub enum Matched {
        Login = "login",
        Telephone = "telephone",
    }
}
