//! A page as HTML text. Styles, drawings and pictures are inside; nothing is fetched,
//! nothing runs.

use figures::{MORE_STYLE, STYLE};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context, value::Serde};

use super::Page;
use crate::LabError;

const TEMPLATE: &str = include_str!("page.html");
const OWN_STYLE: &str = include_str!("page.css");

/// The whole page.
///
/// # Errors
/// Only if the built-in template is broken, which a test excludes.
pub fn html(page: &Page) -> Result<String, LabError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("page", TEMPLATE)?;
    let style = format!("{STYLE}\n{MORE_STYLE}\n{OWN_STYLE}");
    let page = Serde(page);
    Ok(environment.get_template("page")?.render(context! { page, style })?)
}
