// Draws the API's own document; kept in a file because the policy allows no inline script.
const node = document.getElementById("swagger-ui");
SwaggerUIBundle({ url: node.dataset.spec, domNode: node, deepLinking: true, validatorUrl: null });
