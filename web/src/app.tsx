import { Route, Router } from "@solidjs/router";
import { QueryClient, QueryClientProvider } from "@tanstack/solid-query";
import { ErrorBoundary, lazy } from "solid-js";
import { ApiError } from "~/api/api-error.ts";
import { copy as shellCopy } from "~/page-parts/shell/copy.ts";
import { Shell } from "~/page-parts/shell/shell.tsx";
import { copy as sessionCopy } from "~/session/copy.ts";
import { signIn } from "~/session/session.ts";
import { Button } from "~/ui/button.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";

const Bots = lazy(() => import("~/pages/bots/bots.tsx"));
const Bot = lazy(() => import("~/pages/bots/bot/bot.tsx"));
const Editor = lazy(() => import("~/pages/bots/bot/editor/editor.tsx"));
const Tools = lazy(() => import("~/pages/bots/bot/tools/tools.tsx"));
const Publish = lazy(() => import("~/pages/bots/bot/publish/publish.tsx"));
const Keys = lazy(() => import("~/pages/bots/bot/keys/keys.tsx"));
const Connect = lazy(() => import("~/pages/bots/bot/connect/connect.tsx"));
const Metrics = lazy(() => import("~/pages/bots/bot/metrics/metrics.tsx"));
const Requests = lazy(() => import("~/pages/bots/bot/requests/requests.tsx"));
const Runs = lazy(() => import("~/pages/bots/bot/requests/runs/runs.tsx"));
const Request = lazy(() => import("~/pages/bots/bot/requests/request/request.tsx"));
const Reference = lazy(() => import("~/pages/bots/bot/reference/reference.tsx"));
const Admin = lazy(() => import("~/pages/admin/admin.tsx"));
const Apis = lazy(() => import("~/pages/admin/apis/apis.tsx"));
const Usage = lazy(() => import("~/pages/admin/usage/usage.tsx"));
const Costs = lazy(() => import("~/pages/admin/costs/costs.tsx"));
const Patterns = lazy(() => import("~/pages/admin/patterns/patterns.tsx"));
const Audit = lazy(() => import("~/pages/admin/audit/audit.tsx"));
const Design = lazy(() => import("~/pages/design/design.tsx"));
const NotFound = lazy(() => import("~/page-parts/not-found/not-found.tsx"));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // One request for each resource a page shows; what changes meanwhile is polled where it matters.
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
    mutations: { retry: false },
  },
});

export function App() {
  return (
    <ErrorBoundary
      fallback={(error) => (
        <ErrorPanel title={shellCopy.pageBroke} error={error} onRetry={reload} />
      )}
    >
      <QueryClientProvider client={queries}>
        <Router root={Shell}>
          <Route path="/" component={Bots} />
          <Route path="/bots/:botId" component={Bot}>
            <Route path="/" component={Editor} />
            <Route path="/tools" component={Tools} />
            <Route path="/publish" component={Publish} />
            <Route path="/keys" component={Keys} />
            <Route path="/connect" component={Connect} />
            <Route path="/metrics" component={Metrics} />
            <Route path="/requests" component={Requests} />
            <Route path="/requests/runs" component={Runs} />
            <Route path="/requests/:runId" component={Request} />
            <Route path="/reference" component={Reference} />
          </Route>
          <Route path="/admin" component={Admin}>
            <Route path="/" component={Apis} />
            <Route path="/usage" component={Usage} />
            <Route path="/costs" component={Costs} />
            <Route path="/patterns" component={Patterns} />
            <Route path="/audit" component={Audit} />
          </Route>
          <Route path="/design" component={Design} />
          <Route path="*" component={NotFound} />
        </Router>
      </QueryClientProvider>
    </ErrorBoundary>
  );
}

export function SignInFailed(props: { message: string }) {
  return (
    <main class="sign-in-failed">
      <h1>{sessionCopy.failed}</h1>
      <p>{props.message}</p>
      <Button look="primary" onClick={() => void signIn("/")}>
        {sessionCopy.signInAgain}
      </Button>
    </main>
  );
}

const reload = () => window.location.reload();
