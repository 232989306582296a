//! The `#[metric]` attribute of `jurybox-guest`, which documents it.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Error, FnArg, ItemFn, ReturnType, Type, parse2};

/// Turns a function into the entry point of a metric.
#[proc_macro_attribute]
pub fn metric(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let item = TokenStream::from(item);
    match expand(arguments.into(), item.clone()) {
        Ok(expanded) => expanded.into(),
        Err(error) => {
            // The function stays, so that its uses are no errors on top.
            let error = error.into_compile_error();
            quote!(#item #error).into()
        }
    }
}

fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream, Error> {
    if !arguments.is_empty() {
        return Err(Error::new(arguments.span(), "#[metric] takes no arguments"));
    }
    let Ok(function) = parse2::<ItemFn>(item.clone()) else {
        return Err(Error::new(Span::call_site(), "#[metric] stands before a function"));
    };
    let by_reference = check(&function)?;
    let name = &function.sig.ident;
    let argument = if by_reference { quote!(&event) } else { quote!(event) };
    let ReturnType::Type(_, returned) = &function.sig.output else {
        let after = function.sig.paren_token.span.close();
        return Err(Error::new(
            after,
            "a metric returns something: a bool, a number, a text, a Verdict, ...",
        ));
    };
    // Spans say where the compiler points when types do not fit: at the parameter, at the returned type.
    let parameter = function.sig.inputs.span();
    let call = quote_spanned!(parameter=> #name(#argument));
    let convert = quote_spanned!(returned.span()=> ::jurybox_guest::IntoVerdict::into_verdict(returned));
    Ok(quote! {
        #item

        const _: () = {
            fn __jurybox_judge(event: ::jurybox_guest::Event) -> ::jurybox_guest::Verdict {
                let returned = #call;
                #convert
            }

            // Outside the sandbox, types are checked all the same.
            #[cfg(not(target_family = "wasm"))]
            const _: fn(::jurybox_guest::Event) -> ::jurybox_guest::Verdict = __jurybox_judge;

            #[cfg(target_family = "wasm")]
            #[unsafe(export_name = "alloc")]
            extern "C" fn __jurybox_alloc(length: u32) -> *mut u8 {
                ::jurybox_guest::entry::alloc(length)
            }

            #[cfg(target_family = "wasm")]
            #[unsafe(export_name = "evaluate")]
            extern "C" fn __jurybox_evaluate(pointer: u32, length: u32) -> u64 {
                ::jurybox_guest::entry::evaluate(pointer, length, __jurybox_judge)
            }
        };
    })
}

/// Checks that the function can be a metric; says whether it takes the event by reference.
fn check(function: &ItemFn) -> Result<bool, Error> {
    let signature = &function.sig;
    if let Some(keyword) = &signature.asyncness {
        return Err(Error::new(
            keyword.span(),
            "a metric is not async: it has nothing to wait for",
        ));
    }
    if let Some(keyword) = &signature.unsafety {
        return Err(Error::new(
            keyword.span(),
            "a metric is not unsafe: the host may call it at any time",
        ));
    }
    if let Some(abi) = &signature.abi {
        return Err(Error::new(abi.span(), "a metric is a plain Rust function"));
    }
    if signature.generics.type_params().next().is_some() || signature.generics.const_params().next().is_some() {
        return Err(Error::new(signature.generics.span(), "a metric has no type parameters"));
    }
    let one_event = "a metric takes one parameter, the event: `event: Event` or `event: &Event`";
    let mut parameters = signature.inputs.iter();
    let Some(first) = parameters.next() else {
        return Err(Error::new(signature.paren_token.span.join(), one_event));
    };
    if let Some(second) = parameters.next() {
        return Err(Error::new(second.span(), one_event));
    }
    match first {
        FnArg::Receiver(receiver) => Err(Error::new(receiver.span(), one_event)),
        FnArg::Typed(parameter) => match &*parameter.ty {
            Type::Reference(reference) if reference.mutability.is_some() => Err(Error::new(
                reference.span(),
                "a metric can't change the event: take `Event` or `&Event`",
            )),
            Type::Reference(_) => Ok(true),
            _ => Ok(false),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(function: TokenStream) -> String {
        match expand(TokenStream::new(), function) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_can_not_be_a_metric_says_why() {
        for (function, why) in [
            (
                quote!(
                    fn f() -> bool {
                        true
                    }
                ),
                "takes one parameter",
            ),
            (
                quote!(
                    fn f(a: Event, b: Event) -> bool {
                        true
                    }
                ),
                "takes one parameter",
            ),
            (
                quote!(
                    fn f(&self) -> bool {
                        true
                    }
                ),
                "takes one parameter",
            ),
            (
                quote!(
                    fn f(event: &mut Event) -> bool {
                        true
                    }
                ),
                "can't change the event",
            ),
            (
                quote!(
                    fn f(event: Event) {}
                ),
                "returns something",
            ),
            (
                quote!(
                    async fn f(event: Event) -> bool {
                        true
                    }
                ),
                "not async",
            ),
            (
                quote!(
                    unsafe fn f(event: Event) -> bool {
                        true
                    }
                ),
                "not unsafe",
            ),
            (
                quote!(
                    extern "C" fn f(event: Event) -> bool {
                        true
                    }
                ),
                "a plain Rust function",
            ),
            (
                quote!(
                    fn f<T>(event: T) -> bool {
                        true
                    }
                ),
                "no type parameters",
            ),
            (
                quote!(
                    struct Metric;
                ),
                "stands before a function",
            ),
        ] {
            let message = error(function.clone());
            assert!(message.contains(why), "{function}: {message:?}");
        }
        let error = expand(
            quote!(name = "x"),
            quote!(
                fn f(event: Event) -> bool {
                    true
                }
            ),
        );
        assert_eq!(
            error.err().map(|error| error.to_string()).as_deref(),
            Some("#[metric] takes no arguments")
        );
    }

    #[test]
    fn the_function_stays_as_it_is() {
        let function = quote!(
            pub fn f<'a>(event: &'a Event) -> Option<&'a str> {
                None
            }
        );
        let expanded = expand(TokenStream::new(), function.clone())
            .expect("a metric")
            .to_string();
        assert!(expanded.starts_with(&function.to_string()), "{expanded}");
    }
}
