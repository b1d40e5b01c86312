//! The keys that make a form's second submit harmless.

use jianjia_app::core::app::App;

/// A key for a form that is shown now; the act that it is sent to does its work once a key.
pub fn fresh(app: &App) -> String {
    app.entropy.id(app.now()).simple().to_string()
}
